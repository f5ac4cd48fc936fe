import { invariant } from '../errors.ts';
import { choleskyFactor, choleskySolve } from '../linalg/cholesky.ts';
import { gramOfRows } from '../linalg/gram.ts';
import type { Matrix } from '../linalg/matrix.ts';

/** How a probe is fitted. */
export interface ProbeOptions {
  /** Inverse of the strength of the regularisation, as scikit-learn's `C`. @default 1 */
  readonly c?: number;
  /** Should both sides weigh alike, however many rows each has? scikit-learn's `class_weight='balanced'`. @default false */
  readonly isBalanced?: boolean;
  /** Largest change of a score in a step, beside the largest score, at which the minimum is reached. @default 1e-8 */
  readonly tolerance?: number;
}

/** A plane between two kinds of rows: w·x + b is above 0 on the side of those labelled 1. */
export interface LinearProbe {
  /** w·x + b of every row of the matrix that the probes were opened on, fitted or not. */
  readonly scores: Float64Array;
  /** w [p]. */
  readonly weights: Float64Array;
  /** b. */
  readonly intercept: number;
  readonly status: 'converged' | 'max-iter-reached';
}

/** Probes of one set of rows: their inner products are computed once, however many are fitted. */
export interface Probes {
  /** Fits on some of the rows; `labels` [n] are of all rows, 0 or 1. Both must occur among the chosen. */
  fit(chosen: readonly number[], labels: ArrayLike<number>, options?: ProbeOptions): LinearProbe;
}

const MOST_STEPS = 200;

/**
 * L2-regularised logistic regression, the linear probe of concept activation vectors (Kim et al. 2018), in its dual.
 *
 * Minimises ½‖w‖² + C Σ s_i log(1 + exp(-y_i (w·x_i + b))), y = ±1, s the weights of the sides; b is not regularised. At the
 * minimum w = Xᵀα, so that n numbers α are looked for, however many channels p there are.
 *
 * Shapes   rows X [n, p].
 * Method   Newton's method: each step solves the weighted ridge problem (K + D⁻¹)α + b = z, Σα = 0 through the well
 *          conditioned I + D^½ K D^½ (Rasmussen & Williams 2006, section 3.4.3), with the step halved until the objective
 *          falls; the problem is convex.
 * Status   'converged', or 'max-iter-reached', as where C is so large that nothing bounds the weights of separable rows.
 * Throws   BugError where one of the labels does not occur among the chosen rows.
 * Limits   O(n²p) once and O(n³) a step: for some hundred rows.
 */
export function openProbes(rows: Matrix): Probes {
  const { rows: n } = rows;
  const gram = gramOfRows(rows);
  return {
    fit(chosen, labels, options = {}) {
      const found = minimum(gram, n, chosen, labels, options);
      const scores = new Float64Array(n).fill(found.intercept);
      for (let row = 0; row < n; row++) {
        chosen.forEach((at, i) => (scores[row] += gram[row * n + at] * found.alpha[i]));
      }
      return {
        scores,
        get weights() {
          return weightsOf(rows, chosen, found.alpha);
        },
        intercept: found.intercept,
        status: found.status,
      };
    },
  };
}

interface DualPoint {
  readonly alpha: Float64Array;
  readonly intercept: number;
  /** K α + b of the chosen rows. */
  readonly scores: Float64Array;
}

function minimum(
  gram: Float64Array,
  n: number,
  chosen: readonly number[],
  labels: ArrayLike<number>,
  { c = 1, isBalanced = false, tolerance = 1e-8 }: ProbeOptions,
): DualPoint & Pick<LinearProbe, 'status'> {
  const m = chosen.length;
  const y = Float64Array.from(chosen, (row) => labels[row]);
  const ones = y.reduce((sum, label) => sum + label, 0);
  invariant(ones > 0 && ones < m, `a probe needs rows of both kinds, got ${ones} of ${m}`);
  const costs = y.map((label) => (isBalanced ? (c * m) / (2 * (label === 1 ? ones : m - ones)) : c));
  const kernel = submatrix(gram, n, chosen);
  let at: DualPoint = { alpha: new Float64Array(m), intercept: 0, scores: new Float64Array(m) };
  let value = objective(at, y, costs);
  for (let step = 0; step < MOST_STEPS; step++) {
    const aim = newtonPoint(kernel, at.scores, y, costs);
    let share = 1;
    let next = aim;
    let reached = objective(next, y, costs);
    // Rounding may leave the last steps without a fall.
    while (!(reached <= value + 1e-12 * Math.abs(value)) && share > 1e-8) {
      share /= 2;
      next = between(at, aim, share);
      reached = objective(next, y, costs);
    }
    const change = largestDifference(next.scores, at.scores);
    [at, value] = [next, reached];
    if (change <= tolerance * (1 + largestDifference(at.scores))) return { ...at, status: 'converged' };
  }
  return { ...at, status: 'max-iter-reached' };
}

function submatrix(gram: Float64Array, n: number, chosen: readonly number[]): Float64Array {
  const m = chosen.length;
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    const row = chosen[i] * n;
    for (let j = 0; j < m; j++) out[i * m + j] = gram[row + chosen[j]];
  }
  return out;
}

/** The minimum of the quadratic that touches the objective at these scores. */
function newtonPoint(
  kernel: Float64Array,
  scores: Float64Array,
  y: Float64Array,
  costs: Float64Array,
): DualPoint {
  const m = scores.length;
  const shares = scores.map(logistic);
  const roots = shares.map((share, i) => Math.sqrt(Math.max(1e-14, costs[i] * share * (1 - share))));
  const target = roots.map((root, i) => root * scores[i] + (costs[i] * (y[i] - shares[i])) / root);
  const system = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) system[i * m + j] = roots[i] * kernel[i * m + j] * roots[j];
    system[i * m + i] += 1;
  }
  invariant(choleskyFactor(system, m), 'the Newton system of a probe is singular');
  const [ofTarget, ofRoots] = [target.slice(), roots.slice()];
  choleskySolve(system, m, ofTarget);
  choleskySolve(system, m, ofRoots);
  const intercept = dot(roots, ofTarget) / dot(roots, ofRoots);
  const alpha = roots.map((root, i) => root * (ofTarget[i] - intercept * ofRoots[i]));
  const reached = new Float64Array(m).fill(intercept);
  for (let i = 0; i < m; i++) {
    let sum = 0;
    for (let j = 0; j < m; j++) sum += kernel[i * m + j] * alpha[j];
    reached[i] += sum;
  }
  return { alpha, intercept, scores: reached };
}

/** ½αᵀKα + Σ c_i log(1 + exp(-y_i f_i)), with Kα = f - b. */
function objective({ alpha, intercept, scores }: DualPoint, y: Float64Array, costs: Float64Array): number {
  let value = 0;
  for (let i = 0; i < y.length; i++) {
    const margin = y[i] === 1 ? scores[i] : -scores[i];
    const loss = margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
    value += 0.5 * alpha[i] * (scores[i] - intercept) + costs[i] * loss;
  }
  return value;
}

function between(from: DualPoint, to: DualPoint, share: number): DualPoint {
  const mix = (a: Float64Array, b: Float64Array) => a.map((value, i) => value + share * (b[i] - value));
  return {
    alpha: mix(from.alpha, to.alpha),
    intercept: from.intercept + share * (to.intercept - from.intercept),
    scores: mix(from.scores, to.scores),
  };
}

function weightsOf({ cols, data }: Matrix, chosen: readonly number[], alpha: Float64Array): Float64Array {
  const weights = new Float64Array(cols);
  chosen.forEach((row, i) => {
    for (let k = 0; k < cols; k++) weights[k] += alpha[i] * data[row * cols + k];
  });
  return weights;
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function largestDifference(a: Float64Array, b?: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b?.[i] ?? 0))), 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
