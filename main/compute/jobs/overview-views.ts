import type { Estimate } from '../../../core/concepts/explanation.ts';
import { idOfRow } from '../../../core/concepts/recursion/concept-tree.ts';
import { PAIR_GROUPS, type PairGroup, type PairReasons } from '../../../core/concepts/pair-reasons.ts';
import { firstLooks, groupedLooks, lookInWords } from '../../../core/report/overview/first-looks.ts';
import { apartTexts } from '../../../core/report/overview/apart-texts.ts';
import type { ModelOverview, OverviewClass } from '../../../core/report/overview/overview-data.ts';
import { REST } from '../../../core/wording/claim-words.ts';
import { changeText, gapText, overviewLead } from '../../../core/wording/overview-words.ts';
import { fileNameOf } from '../../../core/wording/path-text.ts';
import type {
  NamedClass,
  OverviewClassItem,
  OverviewView,
  PairGroupItem,
  PairPart,
  PairView,
  PictureId,
} from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { OpenedRun } from './opened-runs.ts';
import { shortcutItem } from './shortcut-item.ts';

/** Confused pairs that are listed; images shown of a group, and crops of a concept in a class. */
const PAIRS_LISTED = 200;
const IMAGES_SHOWN = 24;
const CROPS = 6;

/** A whole model as views show it. */
export function overviewView(key: string, overview: ModelOverview): OverviewView {
  const { bank, banks, concepts, hidden, answers, confused, left } = overview;
  const { known, hits } = answers;
  const named = namer(overview);
  return {
    project: key,
    bank,
    banks,
    lead: overviewLead({
      classes: overview.classes.length,
      concepts: concepts.length,
      shared: concepts.filter(({ countsFor }) => countsFor.length > 1).length,
      ...{ known, hits },
    }),
    classes: overview.classes.map(classItem),
    concepts: concepts.map(({ id, name, importance, countsFor, cover }) => ({
      ...{ id, name, importance, countsFor },
      cover: cropsIn(key, cover.runId, cover.crops),
    })),
    hidden: hidden.length,
    apart: apartTexts(overview),
    answers: { known, hits },
    confused: confused.slice(0, PAIRS_LISTED).map(({ truth, predicted, count, images, share, shared }) => ({
      truth: named(truth),
      predicted: named(predicted),
      ...{ count, images, share },
      shared: shared ?? null,
    })),
    confusedCount: confused.length,
    left: left.map(({ index, images }) => ({ ...named(index), images })),
    looks: groupedLooks(firstLooks(overview)).map((looks) => ({ looks, ...lookInWords(looks, overview) })),
  };
}

function namer({ names }: Pick<ModelOverview, 'names'>): (index: number) => NamedClass {
  return (index) => ({ index, name: names[index] ?? `class ${index}` });
}

function classItem({ shortcuts, right, rest, ...one }: OverviewClass): OverviewClassItem {
  const { index, name, runId, images, grade, headline } = one;
  return {
    ...{ index, name, runId, images, grade, headline },
    right: right ?? null,
    rest: rest ?? null,
    shortcuts: shortcuts.map(shortcutItem),
  };
}

function cropsIn(
  project: string,
  run: string,
  crops: readonly { readonly image: number; readonly box: readonly [number, number, number, number] }[],
): PictureId[] {
  return crops.slice(0, CROPS).map(({ image, box }) => pictureId({ kind: 'crop', project, run, image, box }));
}

/** What is known of a pair of classes. */
interface Pair {
  readonly opened: OpenedRun;
  readonly overview: ModelOverview;
  readonly key: string;
  readonly truth: number;
  readonly predicted: number;
  /** Images of each kind, and those of them that were looked at, by their place among all that were given. */
  readonly all: Readonly<Record<PairGroup, readonly number[]>>;
  readonly chosen: Readonly<Record<PairGroup, readonly number[]>>;
  readonly reasons: PairReasons;
}

/** Why one class rather than another, as views show it. */
export function pairView(pair: Pair): PairView {
  const { opened, overview, key, reasons, chosen } = pair;
  const { players, groups, run } = opened;
  const named = namer(overview);
  const idOf = (player: number): string => {
    if (player === players.length) return REST;
    const [first] = players[player];
    // A merged concept goes by the one that it was merged into.
    return idOfRow(groups.find((columns) => columns.includes(first))?.[0] ?? first);
  };
  const [truth, predicted] = [named(pair.truth), named(pair.predicted)];
  const { change } = reasons;
  const parts = Array.from({ length: players.length + 1 }, (_, player) => partOf(pair, player, idOf(player)))
    .filter(({ concept }) => !overview.hidden.includes(concept))
    .sort((a, b) => sizeOf(b) - sizeOf(a));
  return {
    project: key,
    runId: run.id,
    truth,
    predicted,
    groups: {
      mistakes: groupItem(pair, 'mistakes'),
      truth: groupItem(pair, 'truth'),
      predicted: groupItem(pair, 'predicted'),
    },
    parts,
    gap: gapOf(parts, truth.name, predicted.name),
    change:
      change === undefined
        ? null
        : {
            ...change,
            concepts: change.concepts.map(idOf),
            text: changeText({
              ...change,
              concepts: change.concepts.map((player) => nameOf(pair, idOf(player))),
              of: chosen.mistakes.length,
              right: chosen.truth.length + chosen.predicted.length,
              truth: truth.name,
            }),
          },
  };
}

function nameOf({ overview }: Pair, id: string): string {
  return id === REST ? 'what no concept explains' : overview.conceptNames[id];
}

/** The concept that does most otherwise in the mistakes than in right images of their class. */
function gapOf(parts: readonly PairPart[], truth: string, predicted: string): string {
  const apart = parts.flatMap(({ name, mistakes, truth: right }) =>
    mistakes && right && isApart(mistakes, right) ? [{ name, here: mistakes.mean, there: right.mean }] : [],
  );
  const [most] = apart.sort((a, b) => Math.abs(b.here - b.there) - Math.abs(a.here - a.there));
  return most === undefined ? '' : gapText({ ...most, truth, predicted });
}

/** Do the intervals lie apart? */
function isApart(a: Estimate, b: Estimate): boolean {
  return a.low > b.high || b.low > a.high;
}

function groupItem({ opened, key, all, chosen, reasons }: Pair, group: PairGroup): PairGroupItem | null {
  const found = reasons.groups[group];
  if (found === undefined) return null;
  return {
    images: chosen[group].length,
    of: all[group].length,
    lead: found.lead,
    pictures: all[group].slice(0, IMAGES_SHOWN).map((image) => ({
      image,
      fileName: fileNameOf(opened.pictureAt(image).file.path),
      picture: pictureId({ kind: 'image', project: key, run: opened.run.id, image }),
    })),
  };
}

function partOf(pair: Pair, player: number, concept: string): PairPart {
  const { reasons, overview, key, truth, predicted } = pair;
  const [mistakes, ofTruth, ofPredicted] = PAIR_GROUPS.map(
    (group) => reasons.groups[group]?.parts[player] ?? null,
  );
  const lead = reasons.groups.mistakes?.lead.mean;
  const coversIn = (index: number): PictureId[] => {
    const own = overview.classes.find((one) => one.index === index);
    return own === undefined ? [] : cropsIn(key, own.runId, own.crops.get(concept) ?? []);
  };
  return {
    concept,
    name: nameOf(pair, concept),
    mistakes,
    truth: ofTruth,
    predicted: ofPredicted,
    share: mistakes === null || lead === undefined || lead === 0 ? null : mistakes.mean / lead,
    covers: { truth: coversIn(truth), predicted: coversIn(predicted) },
  };
}

/** By what is most in the mistakes, or most otherwise there; without any, by the difference between the classes. */
function sizeOf({ mistakes, truth, predicted }: PairPart): number {
  if (mistakes === null) return Math.abs((predicted?.mean ?? 0) - (truth?.mean ?? 0));
  return Math.max(Math.abs(mistakes.mean), truth === null ? 0 : Math.abs(mistakes.mean - truth.mean));
}
