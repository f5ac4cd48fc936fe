import { invariant } from '../errors.ts';
import { williamsSquare } from './latin-square.ts';
import { streamOf } from './stream.ts';
import type { Study } from './study.ts';

/** What of a study says who is shown what. */
type Assigned = Pick<Study, 'conditions' | 'seed'>;

/** How many participants before this one the same condition has had: participants come in blocks with every condition once. */
function blockOf({ conditions }: Pick<Study, 'conditions'>, participant: number): number {
  requireNumber(participant);
  return Math.floor((participant - 1) / conditions.length);
}

/**
 * The condition of a participant (1, 2, …): permuted blocks, each with every condition once in an order drawn from the seed,
 * so that conditions never differ by more than one participant, whenever the study is ended.
 *
 * Limits   who knows the conditions of a block's others knows the last one's: those who lead the study should not look.
 */
export function conditionOf(study: Assigned, participant: number): string {
  const { conditions, seed } = study;
  const block = blockOf(study, participant);
  const order = streamOf(seed, 'conditions', block).permutation(conditions.length);
  return conditions[order[(participant - 1) % conditions.length]];
}

/**
 * The order in which a participant comes to `pools` sessions' pictures: a row of a Williams square, all rows in turn within
 * each condition, shuffled by the seed. After a round of rows each pool was in each place equally often in every condition.
 */
export function poolOrder(study: Assigned, participant: number, pools: number): readonly number[] {
  const square = williamsSquare(pools);
  const block = blockOf(study, participant);
  const rows = streamOf(study.seed, 'pools', Math.floor(block / square.length)).permutation(square.length);
  return square[rows[block % square.length]];
}

/**
 * A place from 0 to places - 1 for each of some items: as often each place within a participant as counts allow, and over as
 * many participants one after another as there are places, each item once in each.
 */
export function balancedPlaces(
  { seed }: Pick<Study, 'seed'>,
  participant: number,
  items: number,
  places: number,
): number[] {
  requireNumber(participant);
  const rank = streamOf(seed, 'places').permutation(items);
  return [...rank].map((at) => (at + participant - 1) % places);
}

function requireNumber(participant: number): void {
  invariant(
    Number.isInteger(participant) && participant >= 1,
    `study: ${participant} is no participant's number`,
  );
}
