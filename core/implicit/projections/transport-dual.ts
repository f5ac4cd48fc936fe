import { choleskyFactor } from '../linear-solve/cholesky-factor.ts';
import { addScaled, dot, norm } from '../linear-solve/vector.ts';

/** A transport problem: similarities S [m, n] row-major, row sums a [m], column sums b [n]. */
export interface TransportProblem {
  readonly similarity: Float64Array;
  readonly rowSums: Float64Array;
  readonly columnSums: Float64Array;
}

/** The plan entry as a function of s = Sᵢⱼ + αᵢ + βⱼ, its integral and its slope. */
interface Link {
  readonly plan: (s: number) => number;
  readonly integral: (s: number) => number;
  readonly slope: (s: number) => number;
}

/** P = max(s, 0): the Euclidean projection. */
export const euclideanLink: Link = {
  plan: (s) => Math.max(s, 0),
  integral: (s) => 0.5 * Math.max(s, 0) ** 2,
  slope: (s) => (s > 0 ? 1 : 0),
};

/** P = exp(s): the Kullback-Leibler projection. */
export const entropicLink: Link = { plan: Math.exp, integral: Math.exp, slope: Math.exp };

interface Point {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

function evaluate({ similarity, rowSums, columnSums }: TransportProblem, link: Link, z: Float64Array): Point {
  const [m, n] = [rowSums.length, columnSums.length];
  const target = Float64Array.from([...rowSums, ...columnSums]);
  const gradient = target.map((value) => -value);
  const size = m + n;
  const hessian = new Float64Array(size * size);
  let value = -dot(target, z);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const s = similarity[i * n + j] + z[i] + z[m + j];
      const plan = link.plan(s);
      const slope = link.slope(s);
      value += link.integral(s);
      gradient[i] += plan;
      gradient[m + j] += plan;
      hessian[i * size + i] += slope;
      hessian[(m + j) * size + m + j] += slope;
      hessian[i * size + m + j] = hessian[(m + j) * size + i] = slope;
    }
  }
  return { value, gradient, hessian };
}

/**
 * Potentials z = (α [m], β [n]) that give the plan its marginals, by (semi-smooth) Newton steps on the dual with a
 * regularisation that vanishes with the gradient, and backtracking. Exact to rounding in a few dozen steps of
 * O((m + n)³); returns undefined if it does not get there.
 */
export function transportPotentials(problem: TransportProblem, link: Link): Float64Array | undefined {
  const scale = Math.max(norm(problem.rowSums), Number.MIN_VALUE);
  let z = startingPotentials(problem, link);
  let here = evaluate(problem, link, z);
  for (let step = 0; step < 500; step++) {
    const size = norm(here.gradient) / scale;
    if (size < 1e-15) return z;
    const direction = newtonDirection(here, Math.max(1e-12, Math.min(1e-2, size)));
    const next = direction && backtrack(problem, link, z, here, direction);
    // No decrease left to be had: rounding, if the marginals already hold.
    if (!next) return size < 1e-11 ? z : undefined;
    [z, here] = next;
  }
  return norm(here.gradient) < 1e-11 * scale ? z : undefined;
}

function newtonDirection({ gradient, hessian }: Point, regularisation: number): Float64Array | undefined {
  const size = gradient.length;
  const shifted = Float64Array.from(hessian);
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, hessian[i * size + i]);
  for (let i = 0; i < size; i++) shifted[i * size + i] += regularisation * (largest || 1);
  const factor = choleskyFactor(shifted, size);
  return factor.definite ? factor.solve(gradient.map((value) => -value)) : undefined;
}

function backtrack(
  problem: TransportProblem,
  link: Link,
  z: Float64Array,
  here: Point,
  direction: Float64Array,
): [Float64Array, Point] | undefined {
  const slope = dot(here.gradient, direction);
  for (let length = 1; length > 1e-12; length *= 0.5) {
    const candidate = Float64Array.from(z);
    addScaled(candidate, length, direction);
    const there = evaluate(problem, link, candidate);
    const enough = there.value <= here.value + 1e-4 * length * slope;
    // Close to the minimum values cannot be told apart any more, gradients still can.
    if (enough || norm(there.gradient) < 0.5 * norm(here.gradient)) return [candidate, there];
  }
  return undefined;
}

/** Potentials that satisfy every row on its own (entropic), or a flat start above the largest similarity. */
function startingPotentials({ similarity, rowSums, columnSums }: TransportProblem, link: Link): Float64Array {
  const [m, n] = [rowSums.length, columnSums.length];
  const z = new Float64Array(m + n);
  for (let i = 0; i < m; i++) {
    const row = similarity.subarray(i * n, (i + 1) * n);
    const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
    z[i] = link === entropicLink ? Math.log(rowSums[i]) - logSumExp(row, top) : rowSums[i] / n - top;
  }
  return z;
}

function logSumExp(row: Float64Array, top: number): number {
  return top + Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0));
}
