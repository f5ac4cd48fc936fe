import {
  firstLooks,
  groupedLooks,
  lookInWords,
  membersText,
} from '../../core/report/overview/first-looks.ts';
import { apartTexts } from '../../core/report/overview/apart-texts.ts';
import type { ModelOverview } from '../../core/report/overview/overview-data.ts';
import { countOf, countText } from '../../core/wording/count-text.ts';
import { decimalText, hasInterval, overImagesText, percentText } from '../../core/wording/number-text.ts';
import { NO_CHANGE, overviewLead, sharedText } from '../../core/wording/overview-words.ts';
import { LEVEL_WORDS } from '../../core/wording/trust-words.ts';
import type { PairGroupItem, PairView } from '../api/contract.ts';
import { table } from './text-table.ts';

/** Leading concepts of a class, pairs of classes, looks, and classes of a look that a terminal lists. */
const [LEADING, PAIRS, LOOKS, MEMBERS] = [3, 10, 12, 6];

/** The stable fields of `overview --json`. */
export function modelJson(overview: ModelOverview) {
  const { bank, names, classes, concepts, answers, confused, left } = overview;
  const named = (index: number) => ({ index, name: names[index] });
  return {
    bank,
    classes: classes.map(({ index, runId, images, right, rest, grade, shortcuts }) => ({
      ...named(index),
      run: runId,
      images,
      right: right ?? null,
      rest: rest ?? null,
      grade,
      shortcuts: shortcuts.map(({ conceptId, leans }) => ({ concept: conceptId, leans })),
    })),
    concepts: concepts.map(({ id, name, importance, countsFor }) => ({
      ...{ id, name, importance },
      countsFor: countsFor.map(named),
    })),
    answers,
    confused: confused.map(({ truth, predicted, count, images, share, shared }) => ({
      ...{ truth: named(truth), predicted: named(predicted), count, images, share },
      shared: shared ?? null,
    })),
    apart: overview.apart.map(({ group, classes: of }) => ({
      concepts: group,
      notComputedFor: of.map(named),
    })),
    notExplained: left.map(({ index, images }) => ({ ...named(index), images })),
    lookFirst: firstLooks(overview).map((look) => {
      const { title, text } = lookInWords([look], overview);
      return { ...look, title, text };
    }),
  };
}

/** A whole model for a terminal. */
export function modelText(overview: ModelOverview): string {
  const { classes, concepts, answers, confused, left, names } = overview;
  const shared = concepts.filter(({ countsFor }) => countsFor.length > 1).length;
  const looks = groupedLooks(firstLooks(overview));
  return [
    overviewLead({ classes: classes.length, concepts: concepts.length, shared, ...answers }),
    ...(looks.length === 0 ? [] : ['', 'Look first at']),
    ...looks.slice(0, LOOKS).map((look) => {
      const { title, text, members } = lookInWords(look, overview);
      return `  ${title}. ${text}${members.length === 0 ? '' : ` ${membersText(members, MEMBERS)}.`}`;
    }),
    ...(looks.length > LOOKS ? [`  and ${countText(looks.length - LOOKS)} more`] : []),
    '',
    ...table([
      ['class', 'right', 'unexplained', 'explanation', 'rests most on'],
      ...classes.map((_, at) => row(overview, at)),
    ]),
    ...(confused.length === 0 ? [] : ['', 'Taken for something else']),
    ...confused.slice(0, PAIRS).map((pair) => `  ${pairLine(pair, overview)}`),
    ...(confused.length > PAIRS ? [`  and ${countOf(confused.length - PAIRS, 'pair')} more`] : []),
    ...(left.length === 0
      ? []
      : ['', `Not explained yet: ${left.map(({ index }) => names[index]).join(', ')}`]),
    ...apartTexts(overview).flatMap((text) => ['', text]),
  ].join('\n');
}

function row({ classes, concepts }: ModelOverview, at: number): string[] {
  const { index, name, right, rest, grade } = classes[at];
  const leading = concepts
    .filter(({ countsFor }) => countsFor.includes(index))
    .sort((a, b) => b.importance[at].mean - a.importance[at].mean)
    .slice(0, LEADING);
  return [
    name,
    right === undefined ? 'not known' : `${percentText(right.value)} of ${right.images}`,
    rest === undefined ? 'not weighed' : percentText(rest.mean),
    LEVEL_WORDS[grade],
    leading.map((one) => `${one.name} ${percentText(one.importance[at].mean)}`).join(', '),
  ];
}

function pairLine(
  { truth, predicted, count, images, share, shared }: ModelOverview['confused'][number],
  { names, conceptNames }: ModelOverview,
): string {
  const common = sharedText(shared?.map((id) => conceptNames[id]));
  return `${names[truth]} called ${names[predicted]}: ${count} of ${images} (${percentText(share.value)}, ${overImagesText(share, images)}). ${common}`;
}

/** The stable fields of `overview --class B --against A --json`. */
export function pairJson({ truth, predicted, groups, parts, change }: PairView) {
  const group = (one: PairGroupItem | null) =>
    one && {
      images: one.images,
      of: one.of,
      lead: one.lead,
      files: one.pictures.map(({ fileName }) => fileName),
    };
  return {
    truth,
    predicted,
    mistakes: group(groups.mistakes),
    right: { truth: group(groups.truth), predicted: group(groups.predicted) },
    concepts: parts.map(({ concept, name, mistakes, truth: ofTruth, predicted: ofPredicted, share }) => ({
      ...{ concept, name, share, mistakes, truth: ofTruth, predicted: ofPredicted },
    })),
    change: change && { ...change },
  };
}

/** Concepts that a terminal lists of a pair. */
const PARTS = 8;

/** Why one class rather than another, for a terminal. */
export function pairText({ truth, predicted, groups, parts, gap, change }: PairView): string {
  const { mistakes } = groups;
  const head =
    mistakes === null
      ? `No image of ${truth.name} is called ${predicted.name}.`
      : `${countOf(mistakes.of, 'image')} of ${truth.name} ${mistakes.of === 1 ? 'is' : 'are'} called ${predicted.name}, which is ahead by ${decimalText(mistakes.lead.mean)} on average.`;
  const figure = (
    part: { readonly mean: number; readonly low: number; readonly high: number } | null,
  ): string =>
    part === null
      ? ''
      : hasInterval(part)
        ? `${decimalText(part.mean)} (${decimalText(part.low)} to ${decimalText(part.high)})`
        : decimalText(part.mean);
  return [
    head,
    '',
    ...table([
      [
        'without',
        `the lead of ${predicted.name} loses, in mistakes`,
        'share of it',
        `in ${truth.name}, right`,
        `in ${predicted.name}, right`,
      ],
      ...parts
        .slice(0, PARTS)
        .map((part) => [
          part.name,
          figure(part.mistakes),
          part.share === null ? '' : percentText(part.share),
          figure(part.truth),
          figure(part.predicted),
        ]),
    ]),
    ...(parts.length > PARTS ? [`and ${countText(parts.length - PARTS)} more that do less`] : []),
    ...(mistakes === null
      ? []
      : ['', ...(gap === '' ? [] : [gap]), change === null ? NO_CHANGE : change.text]),
  ].join('\n');
}
