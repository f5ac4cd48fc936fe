import { activitySimilarity } from './activity.ts';
import type { Incomparable } from './answers-compared.ts';
import { compareDecisions, type DecisionsCompared } from './compare-decisions.ts';
import type { ComparedRun } from './compared-run.ts';
import type { Difference } from './difference.ts';
import { directionSimilarity, sharesLayer } from './directions.ts';
import {
  isMatch,
  matchConcepts,
  nearestIn,
  nearestTo,
  type ConceptPair,
  type Nearest,
} from './match-concepts.ts';
import { pairedMeanDifferences, separateMeanDifferences } from './mean-difference.ts';
import { pairImages, type ImagePair } from './pair-images.ts';
import { pairedShareDifference, separateShareDifference } from './share-difference.ts';
import type { SimilarityTable } from './similarity-table.ts';
import { withMovement } from './with-movement.ts';

/** Explained pictures in common from which on concepts are matched by where they are active. */
const ENOUGH_IMAGES = 10;

/** Two concepts that correspond, and what became of them. */
export interface ConceptMatch extends ConceptPair {
  /** Mean total index. */
  readonly importance: Difference;
  /** Share of images in which it is present. */
  readonly prevalence: Difference;
}

/** A concept that the other run has no match for. */
export interface LoneConcept {
  /** Place among its run's concepts. */
  readonly concept: number;
  /** What is most like it in the other run; absent where nothing is known of it in the images that were looked at. */
  readonly nearest?: Nearest;
  /** Is that surely the same, but matched with another concept: are two here what is one there? */
  readonly isSecond: boolean;
}

/** What two runs have in common and what not. */
export interface Comparison {
  /** Explained pictures of each run and of both, and how those of both were told. */
  readonly images: {
    readonly a: number;
    readonly b: number;
    readonly common: number;
    readonly pairedBy: 'content' | 'path';
  };
  /** Are the figures of matches those over the pictures in common? Else of each run over its own. */
  readonly isPaired: boolean;
  /** Do the intervals of all differences in importance hold how far the concepts would move with other pictures? */
  readonly coversMovement: boolean;
  /** What concepts were matched by; absent where nothing tells which are the same: then nothing is said of any. */
  readonly matchedBy?: SimilarityTable['by'];
  /** In the order of importance in the first run. */
  readonly matches: readonly ConceptMatch[];
  /** The most important first, so that a shortcut that was lost or gained leads. */
  readonly onlyA: readonly LoneConcept[];
  readonly onlyB: readonly LoneConcept[];
  /** Or why answers are not compared. */
  readonly decisions: DecisionsCompared | Incomparable;
}

/**
 * Compares two finished runs. Concepts are matched by where they are active where both explain at least
 * {@link ENOUGH_IMAGES} pictures in common, else by direction where both are at the same layer of the same model, else not
 * at all; direction comes first where the layer has no places. Differences are those of the second run over the first.
 *
 * The figures of a match are over the pictures in common where there are enough, and their intervals paired; else over all
 * of each run, drawn apart.
 */
export function compareRuns(a: ComparedRun, b: ComparedRun, seed = 0): Comparison {
  const { pairs, by } = pairImages(a.images, b.images);
  const isPaired = pairs.length >= ENOUGH_IMAGES;
  const table = tableOf(a, b, isPaired ? pairs : undefined);
  const found = table === undefined ? [] : matchConcepts(table);
  const matches = withFigures(a, b, found, isPaired ? pairs : undefined, seed);
  const [left, right] = [new Set(found.map((one) => one.a)), new Set(found.map((one) => one.b))];
  return {
    images: { a: a.images.length, b: b.images.length, common: pairs.length, pairedBy: by },
    isPaired,
    ...(table && { matchedBy: table.by }),
    matches,
    coversMovement: found.every((pair) => movedOf(a, b, pair)),
    onlyA:
      table === undefined
        ? []
        : loneConcepts(
            a,
            left,
            (one) => nearestIn(table, one),
            (one, other) => isMatch(table, one, other),
          ),
    onlyB:
      table === undefined
        ? []
        : loneConcepts(
            b,
            right,
            (one) => nearestTo(table, one),
            (one, other) => isMatch(table, other, one),
          ),
    decisions: compareDecisions({ a, b }, found),
  };
}

function tableOf(
  a: ComparedRun,
  b: ComparedRun,
  pairs: readonly ImagePair[] | undefined,
): SimilarityTable | undefined {
  const directions = sharesLayer(a, b) ? directionSimilarity(a, b) : undefined;
  if (pairs === undefined) return directions;
  const activity = activitySimilarity(a, b, pairs);
  if (directions === undefined) return activity;
  // One number an image tells less of a concept than its direction does.
  if (activity.by === 'images') return directions;
  // What is the same everywhere in these images has no correlation, but a direction.
  const values = activity.values.map((value, at) => (Number.isNaN(value) ? directions.values[at] : value));
  return { ...activity, values, chance: (i, j) => activity.chance(i, j) ?? directions.chance(i, j) };
}

function withFigures(
  a: ComparedRun,
  b: ComparedRun,
  found: readonly ConceptPair[],
  pairs: readonly ImagePair[] | undefined,
  seed: number,
): ConceptMatch[] {
  const [ofA, ofB] = [found.map((one) => one.a), found.map((one) => one.b)];
  const taken = {
    a: pairs?.map(([image]) => image) ?? [...a.images.keys()],
    b: pairs?.map(([, image]) => image) ?? [...b.images.keys()],
  };
  const indices = (run: ComparedRun, images: readonly number[], columns: readonly number[]): Float64Array[] =>
    images.map((image) => Float64Array.from(columns, (column) => run.indices[image][column]));
  const [first, second] = [indices(a, taken.a, ofA), indices(b, taken.b, ofB)];
  const importance =
    pairs === undefined
      ? separateMeanDifferences(first, second, seed)
      : pairedMeanDifferences(first, second, seed);
  const prevalence = pairs === undefined ? separateShareDifference : pairedShareDifference;
  return found.map((pair, at) => ({
    ...pair,
    importance: withMovement(importance[at], a.concepts[pair.a], b.concepts[pair.b]) ?? importance[at],
    prevalence: prevalence(
      taken.a.map((image) => a.present[image][pair.a]),
      taken.b.map((image) => b.present[image][pair.b]),
    ),
  }));
}

function movedOf(a: ComparedRun, b: ComparedRun, pair: ConceptPair): boolean {
  const both = [a.concepts[pair.a], b.concepts[pair.b]];
  return both.every(({ moved, betweenFits }) => moved !== undefined && betweenFits !== undefined);
}

function loneConcepts(
  { concepts }: ComparedRun,
  matched: ReadonlySet<number>,
  nearestOf: (concept: number) => Nearest | undefined,
  isLike: (concept: number, other: number) => boolean,
): LoneConcept[] {
  return [...concepts.keys()]
    .filter((concept) => !matched.has(concept))
    .map((concept): LoneConcept => {
      const nearest = nearestOf(concept);
      const isSecond = nearest !== undefined && isLike(concept, nearest.concept);
      return { concept, ...(nearest && { nearest }), isSecond };
    })
    .sort((x, y) => concepts[y.concept].importance.mean - concepts[x.concept].importance.mean);
}
