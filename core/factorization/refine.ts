import { matrix, rowView, type Matrix } from '../linalg/matrix.ts';
import { innerProduct } from '../linalg/norms.ts';
import type { Gemm } from '../platform.ts';
import {
  openRefineObjective,
  type RefineObjective,
  type RowScores,
  type ScoredRows,
  type StandIn,
  type StandInErrors,
} from './refine-objective.ts';
import { projectedDirection, type StepPair } from './projected-direction.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';

/** Weights of the scores' error beside the activations', tried one after another, each from where the one before ended. */
const WEIGHTS = [0.5, 2, 8];
/** Of a model that is costly to ask, whose steps are fewer. */
const COSTLY = { weights: [0.5, 2], steps: 5 };
/** Steps for each weight, and how many are remembered for the curvature. */
const STEPS = 11;
const MEMORY = 8;
/** A weight is taken only where this share of the start's R² of the activations remains, on images not refined on. */
const KEPT = 0.75;
/** First step, as a share of what would minimise the activations' error concept by concept; less for a higher weight. */
const FIRST_STEP = 1 / 16;
/** Share of the expected fall that a step must bring (Armijo), and how often it is halved until it does. */
const SUFFICIENT = 1e-4;
const HALVINGS = 6;

/** The images of a refinement: those it is made on, those that choose the weight, and those that only judge it. */
export interface RefineParts {
  readonly made: ScoredRows;
  readonly choosing: ScoredRows;
  readonly unseen: ScoredRows;
}

export interface RefineOptions {
  readonly gemm: Gemm;
  /** Does each step cost a pass through the model? Then there are fewer. @default false */
  readonly isCostly?: boolean;
  /** Called after every step with how many were taken and how many there may be. */
  readonly onStep?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A refined bank, judged on unseen images beside where it began. */
export interface RefinedBank {
  readonly bank: CodedBank;
  readonly before: StandInErrors;
  readonly after: StandInErrors;
  /** Weight of the scores' error; 0 where nothing tried was better than the start, which is then the bank. */
  readonly weight: number;
  /** Of the unseen images under the bank that was chosen, but says no more of their scores: then the start is kept. */
  readonly refused?: StandInErrors;
  readonly steps: number;
}

/**
 * Refines a bank so that the model says of U·W what it says of A: lowers ‖A - U·W‖²/‖A - mean‖² plus a weight times the
 * lost share of the variation of some scores, U the codes of A in W (see `openRefineObjective`).
 *
 * Shapes   start [r, p] with unit rows; the result likewise, without negative entries where the start has none.
 * Method   Projected quasi-Newton steps (L-BFGS on the entries that are free), halved until the objective falls enough;
 *          rows are brought back to unit length, which changes no code times row. The
 *          weights {@link WEIGHTS} in rising order, a path of ends; taken is the end with the least error of the scores
 *          on `choosing` among those that keep {@link KEPT} of the start's R² there.
 * Source   Mairal, Bach & Ponce 2012 (task-driven dictionaries); Schmidt, Kim & Sra 2011 (projected quasi-Newton).
 * Throws   the signal's reason when aborted. Never a bank that is worse on `choosing` or `unseen` than the start.
 * Limits   `unseen` thus judges whether there is a gain, so that a small one is a little flattered.
 */
export async function refineBank(
  start: CodedBank,
  { made, choosing, unseen }: RefineParts,
  model: RowScores,
  { gemm, isCostly = false, onStep, signal }: RefineOptions,
): Promise<RefinedBank> {
  const path = isCostly ? COSTLY : { weights: WEIGHTS, steps: STEPS };
  const objective = await openRefineObjective(made, model, gemm);
  const ends: CodedBank[] = [];
  let steps = 0;
  try {
    let point = await objective.at(start);
    for (const [place, weight] of path.weights.entries()) {
      const count = (done: number): void =>
        onStep?.(place * path.steps + done, path.weights.length * path.steps);
      const end = await descend(objective, point, { weight, most: path.steps }, count, signal);
      steps += end.steps;
      point = end.point;
      ends.push(point.bank);
    }
  } finally {
    await objective.dispose();
  }
  const [first, ...tried] = await judgeBanks(choosing, [start, ...ends], model, gemm);
  const least = KEPT * (1 - first.activations);
  const fitting = tried
    .map((errors, place) => ({ ...errors, place }))
    .filter((errors) => errors.scores < first.scores && 1 - errors.activations >= least)
    .sort((a, b) => a.scores - b.scores);
  const chosen = fitting.length > 0 ? fitting[0].place : -1;
  const bank = chosen < 0 ? start : ends[chosen];
  const [before, after] = await judgeBanks(unseen, [start, bank], model, gemm);
  if (chosen >= 0 && after.scores < before.scores)
    return { bank, before, after, weight: path.weights[chosen], steps };
  return { bank: start, before, after: before, weight: 0, steps, ...(chosen >= 0 && { refused: after }) };
}

/** The errors of banks on some images. */
export async function judgeBanks(
  part: ScoredRows,
  banks: readonly CodedBank[],
  model: RowScores,
  gemm: Gemm,
): Promise<StandInErrors[]> {
  const objective = await openRefineObjective(part, model, gemm);
  try {
    const errors: StandInErrors[] = [];
    for (const bank of banks) errors.push((await objective.at(bank)).errors);
    return errors;
  } finally {
    await objective.dispose();
  }
}

/** Cosine of every row with its start, [r]: how far a concept is still the one that it was. */
export function cosinesToStart(bank: Matrix, start: Matrix): number[] {
  return Array.from({ length: bank.rows }, (_, k) => innerProduct(rowView(bank, k), rowView(start, k)));
}

/** Steps for one weight; the objective falls with each. */
async function descend(
  objective: RefineObjective,
  start: StandIn,
  { weight, most }: { readonly weight: number; readonly most: number },
  count: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<{ readonly point: StandIn; readonly steps: number }> {
  const lossOf = ({ errors }: StandIn): number => errors.activations + weight * errors.scores;
  let point = start;
  let gradient = await objective.gradient(point, weight);
  let pairs: StepPair[] = [];
  for (let step = 1; step <= most; step++) {
    signal?.throwIfAborted();
    const direction = directionAt(objective, point, gradient, pairs);
    let next: StandIn | undefined;
    let length = pairs.length === 0 ? FIRST_STEP / (1 + 8 * weight) : 1;
    for (let halving = 0; halving <= HALVINGS && next === undefined; halving++, length /= 2) {
      const tried = await objective.at(stepped(point.bank, direction, length));
      const fall = fallAlong(gradient, point.bank, tried.bank);
      if (lossOf(tried) < lossOf(point) - SUFFICIENT * Math.max(0, fall)) next = tried;
    }
    if (next === undefined && pairs.length === 0) return { point, steps: step - 1 };
    if (next === undefined) {
      // What was learnt of the curvature no longer holds here.
      pairs = [];
      continue;
    }
    const slope = step === most ? gradient : await objective.gradient(next, weight);
    pairs = [
      ...pairs.slice(1 - MEMORY),
      { moved: difference(next.bank, point.bank), bent: difference(slope, gradient) },
    ];
    point = next;
    gradient = slope;
    count(step);
  }
  return { point, steps: most };
}

/** Where to go from a point; entries at zero that would become negative are held. */
function directionAt(
  objective: RefineObjective,
  { bank, ...rest }: StandIn,
  gradient: Matrix,
  pairs: StepPair[],
) {
  const isSigned = bank.data.some((value) => value < 0);
  const curvatures = objective.curvatures({ bank, ...rest });
  const held = Uint8Array.from(bank.data, (value, i) => {
    const isUnused = !(curvatures[Math.floor(i / bank.cols)] > 0);
    return isUnused || (!isSigned && value === 0 && gradient.data[i] > 0) ? 1 : 0;
  });
  return projectedDirection(gradient.data, held, pairs, (i) => curvatures[Math.floor(i / bank.cols)] || 1);
}

/** The bank after a step; rows at unit length, without negative entries where there were none. */
function stepped(bank: CodedBank, direction: Float64Array, length: number): CodedBank {
  const isSigned = bank.data.some((value) => value < 0);
  const next = matrix(bank.rows, bank.cols, bank.data.slice());
  for (let k = 0; k < bank.rows; k++) {
    const own = rowView(next, k);
    for (let j = 0; j < own.length; j++) {
      const value = own[j] + length * direction[k * own.length + j];
      own[j] = isSigned ? value : Math.max(value, 0);
    }
    const norm = Math.sqrt(innerProduct(own, own));
    if (norm > 0) for (let j = 0; j < own.length; j++) own[j] /= norm;
    else own.set(rowView(bank, k));
  }
  return { ...bank, ...next };
}

/** First-order fall of the objective from one bank to another. */
function fallAlong(gradient: Matrix, from: Matrix, to: Matrix): number {
  let sum = 0;
  for (let i = 0; i < gradient.data.length; i++) sum += gradient.data[i] * (from.data[i] - to.data[i]);
  return sum;
}

function difference(a: Matrix, b: Matrix): Float32Array {
  return a.data.map((value, i) => value - b.data[i]);
}
