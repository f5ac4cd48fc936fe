import { shuffled, streamOf } from '../stream.ts';
import { isNearDuplicate, type Look } from './near-duplicates.ts';
import { cellsOf, slotsOf, type Cell, type Scenario, type UtilitySizes } from './utility-slots.ts';

/** A picture that may be drawn. */
export interface Candidate {
  readonly answer: 0 | 1;
  readonly margin: number;
  readonly isMistake: boolean | null;
  readonly look: Look;
}

/** Where the drawn pictures go, as indices of the candidates. */
export interface DrawnSession {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Pictures drawn for a study. */
export interface DrawnUtility {
  readonly practice: DrawnSession;
  readonly sessions: readonly DrawnSession[];
  /** Third of the margins of its answer that each candidate is in, the hard ones first. */
  readonly strata: readonly (0 | 1 | 2)[];
}

/** Why none could be drawn: pictures that are needed and there, by what they have to be. */
export interface Shortage {
  readonly cells: readonly { readonly cell: Cell; readonly needed: number; readonly available: number }[];
}

/**
 * Draws the pictures of a study: in every session as many of either answer (half of them mistakes where the scenario is
 * `failures`), hard, middling and easy ones in turn. No two drawn pictures are nearly the same, so that none that was learnt
 * is met again in a test. The same seed draws the same.
 */
export function drawUtility(
  candidates: readonly Candidate[],
  sizes: UtilitySizes,
  scenario: Scenario,
  seed: number,
): DrawnUtility | Shortage {
  const strata = strataOf(candidates);
  const slots = slotsOf(sizes, scenario);
  const cells = cellsOf(slots);
  const queues = cells.map(({ cell }) => strataQueues(candidates, strata, cell, seed));
  const taken = takeApart(
    candidates,
    queues,
    cells.map(({ needed }) => needed),
  );
  if (taken.some((own, at) => own.length < cells[at].needed)) {
    const most = takeApart(
      candidates,
      queues,
      cells.map(() => Infinity),
    );
    return { cells: cells.map((one, at) => ({ ...one, available: most[at].length })) };
  }
  const next = cells.map(() => 0);
  const fill = (wanted: readonly Cell[]): number[] =>
    wanted.map((cell) => {
      const at = cells.findIndex(({ cell: own }) => own.key === cell.key);
      return taken[at][next[at]++];
    });
  const [practice, ...sessions] = slots.map(({ train, test }) => ({ train: fill(train), test: fill(test) }));
  return { practice, sessions, strata };
}

/** The third of the margins among candidates of the same answer. */
function strataOf(candidates: readonly Candidate[]): (0 | 1 | 2)[] {
  const strata = new Array<0 | 1 | 2>(candidates.length).fill(0);
  for (const answer of [0, 1] as const) {
    const own = [...candidates.keys()].filter((at) => candidates[at].answer === answer);
    own.sort((a, b) => candidates[a].margin - candidates[b].margin);
    own.forEach((at, rank) => (strata[at] = Math.min(2, Math.floor((3 * rank) / own.length)) as 0 | 1 | 2));
  }
  return strata;
}

/** The candidates of a cell by stratum, each list in a random order. */
function strataQueues(
  candidates: readonly Candidate[],
  strata: readonly number[],
  { answer, isMistake }: Cell,
  seed: number,
): number[][] {
  const fits = [...candidates.keys()].filter(
    (at) =>
      candidates[at].answer === answer && (isMistake === null || candidates[at].isMistake === isMistake),
  );
  const random = streamOf(seed, 'pictures', answer, Number(isMistake ?? 2));
  return [0, 1, 2].map((stratum) =>
    shuffled(
      fits.filter((at) => strata[at] === stratum),
      random,
    ),
  );
}

/** Takes from all cells in turn, and within each from its strata in turn, what is not near anything taken so far. */
function takeApart(
  candidates: readonly Candidate[],
  queues: readonly (readonly (readonly number[])[])[],
  needed: readonly number[],
): number[][] {
  const left = queues.map((strata) => strata.map((queue) => [...queue]));
  const taken = queues.map((): number[] => []);
  const all: number[] = [];
  const isApart = (at: number): boolean =>
    all.every((other) => !isNearDuplicate(candidates[at].look, candidates[other].look));
  let isMore = true;
  while (isMore) {
    isMore = false;
    for (const [cell, strata] of left.entries()) {
      if (taken[cell].length >= needed[cell]) continue;
      const found = nextApart(strata, taken[cell].length % 3, isApart);
      if (found === undefined) continue;
      taken[cell].push(found);
      all.push(found);
      isMore = true;
    }
  }
  return taken;
}

/** From the wanted stratum, else from the one nearest to it. */
function nextApart(
  strata: readonly number[][],
  wanted: number,
  isApart: (at: number) => boolean,
): number | undefined {
  const order = [0, 1, 2].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
  for (const stratum of order) {
    for (let at = strata[stratum].shift(); at !== undefined; at = strata[stratum].shift())
      if (isApart(at)) return at;
  }
  return undefined;
}
