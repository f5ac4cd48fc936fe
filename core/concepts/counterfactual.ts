import { TesseraError } from '../errors.ts';
import { linearProgramme, type LinearProgramme } from '../linalg/linear-programme.ts';
import { matrix } from '../linalg/matrix.ts';
import type { AblatedImage } from './ablation-head.ts';
import { LARGEST_FACTOR, unchangedFactors } from './ablation.ts';

/** Which class is to win, by how much, and how long the search goes on. */
export interface CounterfactualOptions {
  /** The class that shall win. */
  readonly target: number;
  /** By how much it shall win over every other class, in logits. @default 2 % of what it is behind, at least 0.001 */
  readonly margin?: number;
  /** Most linearisations of a head that is not affine. @default 24 */
  readonly maxSteps?: number;
  /** Ends the search before the next evaluation. */
  readonly signal?: AbortSignal;
}

/** The factors that were found, and what they lead to. */
export interface Counterfactual {
  /**
   * `already`: the class wins as it is. `found`: it wins with `factors`, verified by evaluating them. `not-possible`:
   * no factors from 0 to 2 make it win (proved; only for a head that is affine in them). `not-found`: the search did
   * not find any.
   */
  readonly status: 'already' | 'found' | 'not-possible' | 'not-found';
  /** [r], each from 0 to 2; where none was found, the factors that came closest. */
  readonly factors: Float64Array;
  /** Σ |factor - 1|, what was made small. */
  readonly size: number;
  /** [classes] with these factors. */
  readonly logits: Float32Array;
  /** Sets of factors that were evaluated. */
  readonly evaluations: number;
}

/** Where the search stands. */
interface Point {
  readonly factors: number[];
  readonly logits: Float32Array;
  /** How far the class is from winning by the margin; 0 where it does. */
  readonly deficit: number;
}

/** Shares of the way back to 1 that are tried at the end. */
const STEPS_BACK = 64;
/** Rivals of the class that constrain a step: the strongest here, and all that have been strong before. */
const RIVALS = 8;
/** Smallest radius of trust, in factors. */
const LEAST_RADIUS = 1e-3;
/** Changes below this are none. */
const NOTHING = 1e-4;

/**
 * The smallest change of an image's concepts that makes a class win: min Σ_c |f_c - 1| subject to
 * z_target(f) >= z_k(f) + margin for every other class k, 0 <= f_c <= 2. The sum of sizes keeps it to few concepts.
 *
 * A head that is affine in the factors makes this a linear programme, solved exactly; rivals join as constraints when
 * they come to the fore. Otherwise a sequence of linear programmes within a radius of trust, slopes by central
 * differences over one batch, from no change and, where that fails, from the largest useful one; then the shortest
 * part of the way that still flips the decision. Local: a smaller change may exist.
 *
 * Throws TesseraError 'unknown-name' for a class that does not exist.
 * Source  Nocedal & Wright 2006, Numerical Optimization, section 18.5 (Sl1LP with a trust region).
 */
export async function counterfactual(
  image: AblatedImage,
  nConcepts: number,
  options: CounterfactualOptions,
): Promise<Counterfactual> {
  const { target } = options;
  let evaluations = 0;
  const logitsAt = async (all: readonly (readonly number[])[]): Promise<Float32Array[]> => {
    options.signal?.throwIfAborted();
    evaluations += all.length;
    const { data, cols } = await image.evaluate(matrix(all.length, nConcepts, Float32Array.from(all.flat())));
    return all.map((_, row) => data.slice(row * cols, (row + 1) * cols));
  };
  const ones = unchangedFactors(nConcepts);
  const [own] = await logitsAt([ones]);
  if (!Number.isInteger(target) || target < 0 || target >= own.length) {
    throw new TesseraError('unknown-name', `There is no class ${target}; the model has ${own.length}.`);
  }
  const behind = lead(own, target);
  const margin = options.margin ?? Math.max(1e-3, -0.02 * behind);
  const pointOf = (factors: number[], logits: Float32Array): Point => ({
    factors,
    logits,
    deficit: Math.max(0, margin - lead(logits, target)),
  });
  const start = pointOf(ones, own);
  const task: Task = { target, margin, pointOf, logitsAt, maxSteps: options.maxSteps ?? 24 };
  const found = behind > 0 ? start : image.isAffine ? await exact(task, start) : await search(task, start);
  const status =
    behind > 0 ? 'already' : isFlipped(found, task) ? 'found' : image.isAffine ? 'not-possible' : 'not-found';
  return {
    status,
    factors: Float64Array.from(found.factors),
    size: sizeOfChange(found.factors),
    logits: found.logits,
    evaluations,
  };
}

interface Task {
  readonly target: number;
  readonly margin: number;
  readonly maxSteps: number;
  readonly pointOf: (factors: number[], logits: Float32Array) => Point;
  readonly logitsAt: (all: readonly (readonly number[])[]) => Promise<Float32Array[]>;
}

/** How far a class is ahead of the strongest other; negative where it is behind. */
function lead(logits: Float32Array, target: number): number {
  let strongest = -Infinity;
  logits.forEach((logit, k) => {
    if (k !== target && logit > strongest) strongest = logit;
  });
  return logits[target] - strongest;
}

/** Won, even if rounding left a little of the margin. */
function isFlipped({ deficit }: Point, { margin }: Task): boolean {
  return deficit < margin / 2;
}

function sizeOfChange(factors: readonly number[]): number {
  return factors.reduce((sum, factor) => sum + Math.abs(factor - 1), 0);
}

/** An affine head: one programme, repeated while a rival that it left out comes to the fore. */
async function exact(task: Task, start: Point): Promise<Point> {
  const slopes = await slopesAt(task, start, 1);
  const rivals = new Set(strongRivals(start, task.target));
  const bounds = { low: start.factors.map(() => 0), high: start.factors.map(() => LARGEST_FACTOR) };
  let closest = start;
  for (;;) {
    const strict = step(task, start, slopes, rivals, bounds, undefined);
    const factors = strict ?? step(task, start, slopes, rivals, bounds, 1e6)!;
    const point = task.pointOf(factors, (await task.logitsAt([factors]))[0]);
    if (strict === undefined || isFlipped(point, task)) return point;
    const before = rivals.size;
    for (const rival of strongRivals(point, task.target)) rivals.add(rival);
    closest = point;
    if (rivals.size === before) return closest;
  }
}

async function search(task: Task, start: Point): Promise<Point> {
  const first = await descend(task, start);
  if (isFlipped(first, task)) return backwards(task, first);
  // Over the whole reach of every factor: near no change nothing may move.
  const slopes = await slopesAt(task, start, 1);
  const rival = strongRivals(start, task.target)[0];
  const corner = slopes.map((slope) => (slope[task.target] > slope[rival] ? LARGEST_FACTOR : 0));
  const far = await descend(task, task.pointOf(corner, (await task.logitsAt([corner]))[0]));
  if (isFlipped(far, task)) return backwards(task, far);
  return far.deficit < first.deficit ? far : first;
}

/** Steps within a radius of trust while size and deficit, weighed together, fall. */
async function descend(task: Task, start: Point): Promise<Point> {
  const weight = 1e3 / Math.max(task.margin, start.deficit);
  const merit = ({ factors, deficit }: Point): number => sizeOfChange(factors) + weight * deficit;
  const rivals = new Set(strongRivals(start, task.target));
  let [here, radius] = [start, 0.5];
  let slopes = await slopesAt(task, here, 0.02);
  for (let steps = 0; steps < task.maxSteps && radius >= LEAST_RADIUS; steps++) {
    const bounds = {
      low: here.factors.map((factor) => Math.max(0, factor - radius)),
      high: here.factors.map((factor) => Math.min(LARGEST_FACTOR, factor + radius)),
    };
    const factors = step(task, here, slopes, rivals, bounds, weight);
    if (factors === undefined) break;
    const there = task.pointOf(factors, (await task.logitsAt([factors]))[0]);
    for (const rival of strongRivals(there, task.target)) rivals.add(rival);
    const gain = merit(here) - merit(there);
    if (gain <= NOTHING) {
      radius /= 4;
      continue;
    }
    here = there;
    radius = Math.min(LARGEST_FACTOR, radius * 2);
    slopes = await slopesAt(task, here, 0.02);
  }
  return here;
}

/** The point nearest to no change, on the straight path from it, that still flips the decision. */
async function backwards(task: Task, point: Point): Promise<Point> {
  const tried = Array.from({ length: STEPS_BACK }, (_, i) =>
    point.factors.map((factor) => 1 + ((i + 1) / STEPS_BACK) * (factor - 1)),
  );
  const logits = await task.logitsAt(tried);
  const points = tried.map((factors, i) => task.pointOf(factors, logits[i]));
  return points.find((candidate) => isFlipped(candidate, task)) ?? point;
}

function strongRivals({ logits }: Point, target: number): number[] {
  return [...logits.keys()]
    .filter((k) => k !== target)
    .sort((a, b) => logits[b] - logits[a])
    .slice(0, RIVALS);
}

/** ∂ logits / ∂ factor of each concept, [r] of [classes], by differences over `reach` to both sides within the bounds. */
async function slopesAt({ logitsAt }: Task, { factors }: Point, reach: number): Promise<Float32Array[]> {
  const ends = factors.flatMap((factor, concept) =>
    [Math.max(0, factor - reach), Math.min(LARGEST_FACTOR, factor + reach)].map((value) =>
      factors.with(concept, value),
    ),
  );
  const logits = await logitsAt(ends);
  return factors.map((_, concept) => {
    const [low, high] = [2 * concept, 2 * concept + 1];
    const length = ends[high][concept] - ends[low][concept];
    return logits[high].map((logit, k) => (logit - logits[low][k]) / length);
  });
}

/**
 * The least change from 1 within the bounds for which the linearisation wins; with a price, what is missing of the
 * margin may be paid for. f = 1 + up - down with up, down >= 0. Undefined where no factors do.
 */
function step(
  { target, margin }: Task,
  { factors, logits }: Point,
  slopes: readonly Float32Array[],
  rivals: ReadonlySet<number>,
  bounds: { readonly low: readonly number[]; readonly high: readonly number[] },
  price: number | undefined,
): number[] | undefined {
  const r = factors.length;
  const extra = price === undefined ? [] : [1];
  const constraints = [...rivals].map((rival) => {
    const gains = slopes.map((slope) => slope[target] - slope[rival]);
    const atOnes = gains.reduce(
      (sum, gain, c) => sum + gain * (1 - factors[c]),
      logits[target] - logits[rival],
    );
    return { row: [...gains, ...gains.map((gain) => -gain), ...extra], atLeast: margin - atOnes };
  });
  const limit = (variable: number, sign: number, atLeast: number) => ({
    row: Array.from({ length: 2 * r + extra.length }, (_, j) => (j === variable ? sign : 0)),
    atLeast,
  });
  const limits = factors.flatMap((_, c) => [
    limit(c, -1, -Math.max(0, bounds.high[c] - 1)),
    limit(r + c, -1, -Math.max(0, 1 - bounds.low[c])),
    ...(bounds.low[c] > 1 ? [limit(c, 1, bounds.low[c] - 1)] : []),
    ...(bounds.high[c] < 1 ? [limit(r + c, 1, 1 - bounds.high[c])] : []),
  ]);
  const programme: LinearProgramme = {
    costs: [...new Array<number>(2 * r).fill(1), ...(price === undefined ? [] : [price])],
    constraints: [...constraints, ...limits],
  };
  const { status, x } = linearProgramme(programme);
  if (status !== 'optimal') return undefined;
  return factors.map((_, c) => {
    const factor = 1 + x[c] - x[r + c];
    return [0, 1, LARGEST_FACTOR].find((round) => Math.abs(factor - round) < NOTHING) ?? factor;
  });
}
