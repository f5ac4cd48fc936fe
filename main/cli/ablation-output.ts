import { answerText } from '../../core/wording/answer-text.ts';
import { decimalText, factorText, percentText } from '../../core/wording/number-text.ts';
import { REST, UNEXPLAINED } from '../../core/wording/claim-words.ts';
import { decisionText, figureOf, type ScoreFacts } from '../../core/wording/score-words.ts';
import type {
  ConceptDependence,
  ConceptItem,
  ImageAblation,
  ImageCounterfactual,
  RunAblation,
} from '../api/contract.ts';
import { table } from './text-table.ts';

/** Images listed by name. */
const LISTED = 20;

/** One image: the decision, and the leading classes, or the number, before and after; `score` is that of the run. */
export function imageText(ablation: ImageAblation, score?: ScoreFacts): string {
  const { before, after, changed, classes } = ablation;
  if (before.value !== undefined && score !== undefined) return numberText(ablation, score);
  const rows = classes.map(({ name, before: own, after: scaled }) => [
    name,
    decimalText(own.logit),
    decimalText(scaled.logit),
    answerText(own),
    answerText(scaled),
  ]);
  return [
    changed
      ? `The decision changes: ${before.name} (${answerText(before)}) becomes ${after.name} (${answerText(after)}).`
      : `The decision does not change: ${after.name} (${answerText(before)} before, ${answerText(after)} after).`,
    '',
    ...table([['class', 'logit before', 'after', 'probability before', 'after'], ...rows]),
    ...(score?.model.threshold === undefined ? [] : ['', `Decided: ${decisionText(score)}.`]),
  ].join('\n');
}

/** What becomes of a number or a likeness, and where it was split. */
function numberText({ before, after, changed }: ImageAblation, score: ScoreFacts): string {
  const { unit } = score.model;
  return [
    changed ? `${before.name} becomes ${after.name}.` : `It remains ${after.name}.`,
    '',
    ...table([
      ['', 'before', 'after'],
      [figureOf(score), answerText(before, unit), answerText(after, unit)],
    ]),
    '',
    `Decided: ${decisionText(score)}.`,
  ].join('\n');
}

/** The smallest change, or that there is none. */
export function counterfactualText(
  { status, target, factors, image }: ImageCounterfactual,
  concepts: readonly ConceptItem[],
  score?: ScoreFacts,
): string {
  const nameOf = (id: string) => concepts.find((concept) => concept.id === id)?.name ?? id;
  const changes = Object.entries(factors).map(([id, factor]) => [nameOf(id), factorText(factor)]);
  const said = {
    already: `The model says ${target.name} already.`,
    found: `The smallest change of the concepts that makes it ${target.name}:`,
    'not-possible': `No change of the concepts from 0 to 2 makes it ${target.name}. The closest:`,
    'not-found': `No change of the concepts was found that makes it ${target.name}. The closest:`,
  }[status];
  if (status === 'already') return said;
  return [said, ...(changes.length > 0 ? table(changes) : ['(none)']), '', imageText(image, score)].join(
    '\n',
  );
}

/** All images of a run: how many change, from what to what, and which. */
export function runText({ images, changed, transitions, flips }: RunAblation): string {
  const rows = transitions.map(({ before, after, count }) => [
    before.name,
    before.index === after.index ? '(no change)' : after.name,
    String(count),
  ]);
  return [
    `${changed} of ${images} images (${percentText(changed / images)}) are decided otherwise.`,
    '',
    ...table([['before', 'after', 'images'], ...rows]),
    ...(flips.length > 0 ? [''] : []),
    ...flips
      .slice(0, LISTED)
      .map(({ image, fileName, before, after }) => `${image}  ${fileName}  ${before.name} → ${after.name}`),
    ...(changed > LISTED ? [`… and ${changed - LISTED} more (--json lists them)`] : []),
  ].join('\n');
}

/** How many images depend on each concept. */
export function dependenceText(
  all: readonly ConceptDependence[],
  concepts: readonly ConceptItem[],
  className: string,
): string {
  const rows = all.map(({ concept, changed, images }) => [
    concept === REST ? UNEXPLAINED : (concepts.find(({ id }) => id === concept)?.name ?? concept),
    concept,
    `${changed} of ${images}`,
    percentText(changed / images),
  ]);
  return [
    `Images of the run for "${className}" that are decided otherwise without each concept`,
    '',
    ...table([['concept', 'id', 'images', 'share'], ...rows]),
  ].join('\n');
}
