import { assignPairs } from '../linalg/assignment.ts';
import type { SimilarityTable } from './similarity-table.ts';

/** From here on two concepts are surely the same one. */
const SURE = 0.8;
/**
 * Below this two concepts are not matched: less than a sixth of the variation of the one is that of the other. In between a
 * match is a question for a person: the concept may have changed, or be another one that occurs beside it. Of SqueezeNet and
 * MobileNetV2 on golf balls the pairs from 0.41 to 0.49 show the same (dimples, lettering, heaps of balls); the demo's stamp
 * reaches 0.36 in a model that was trained without it.
 */
const LEAST = 0.4;
/** Deviations above chance that a match must reach: 1 in 700 by accident, as each is the best of several dozen at most. */
const CHANCE_DEVIATIONS = 3;
/** What is more alike than this is not left to chance: a concept may lie in the same place of every picture. */
const BEYOND_CHANCE = 0.95;

/** Two concepts that correspond: their places in their runs. */
export interface ConceptPair {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
  /** `changed`: alike, but not surely the same. */
  readonly status: 'same' | 'changed';
}

/** The most alike concept of the other run, matched or not. */
export interface Nearest {
  readonly concept: number;
  readonly similarity: number;
}

/**
 * Matches the concepts of two runs one to one, so that the sum of the similarities is largest (Hungarian method), over
 * pairs of at least {@link LEAST}: what is less alike cannot push a match aside. A pair that does not stand out from
 * chance by three deviations is no match, and one from {@link SURE} on is then `changed`.
 *
 * Measured on concepts that have nothing to do with each other (10 to 40 images with one number each, 5 to 25 concepts): of
 * a hundred 1 to 6 find a match, and at most 1 is called the same.
 *
 * In the order of the first run. A concept of which nothing is known (NaN) is matched with none.
 */
export function matchConcepts(table: SimilarityTable): ConceptPair[] {
  const { rows, cols, values } = table;
  const costs = values.map((value) => (value >= LEAST ? -value : 0));
  return assignPairs(costs, rows, cols).flatMap(([a, b]) => {
    const status = statusOf(table, a, b);
    return status === undefined ? [] : [{ a, b, similarity: values[a * cols + b], status }];
  });
}

/** Are two concepts enough alike to be matched? */
export function isMatch(table: SimilarityTable, a: number, b: number): boolean {
  return statusOf(table, a, b) !== undefined;
}

function statusOf(table: SimilarityTable, a: number, b: number): ConceptPair['status'] | undefined {
  const similarity = table.values[a * table.cols + b];
  if (!(similarity >= LEAST)) return undefined;
  const standsOut = similarity >= boundOf(table, a, b);
  if (similarity >= SURE) return standsOut ? 'same' : 'changed';
  return standsOut ? 'changed' : undefined;
}

function boundOf({ chance }: SimilarityTable, a: number, b: number): number {
  const known = chance(a, b);
  return known === undefined
    ? LEAST
    : Math.min(BEYOND_CHANCE, known.mean + CHANCE_DEVIATIONS * known.deviation);
}

/** The most alike concept in the second run of one in the first; undefined where nothing is known of it. */
export function nearestIn({ cols, values }: SimilarityTable, a: number): Nearest | undefined {
  return largest(Array.from({ length: cols }, (_, b) => values[a * cols + b]));
}

/** The most alike concept in the first run of one in the second; undefined where nothing is known of it. */
export function nearestTo({ rows, cols, values }: SimilarityTable, b: number): Nearest | undefined {
  return largest(Array.from({ length: rows }, (_, a) => values[a * cols + b]));
}

function largest(similarities: readonly number[]): Nearest | undefined {
  const known = similarities.flatMap((similarity, concept) =>
    Number.isNaN(similarity) ? [] : [{ concept, similarity }],
  );
  return known.reduce<Nearest | undefined>(
    (best, one) => (best === undefined || one.similarity > best.similarity ? one : best),
    undefined,
  );
}
