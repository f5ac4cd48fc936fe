/** A smooth function of [n] numbers, with its gradient [n]. */
export type Smooth = (at: Float64Array) => { readonly value: number; readonly gradient: Float64Array };

/** Where the way down ended. */
export interface Minimum {
  readonly status: 'converged' | 'max-iter-reached';
  readonly at: Float64Array;
  readonly value: number;
}

interface Place {
  readonly at: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** The value may fall by half of this at most, as the quadratic model sees it, where the way ends. */
const SETTLED = 1e-9;
const STEPS = 300;

/**
 * Minimises a smooth function by the BFGS method, dense, from `start`; `inverse` [n, n] is about the inverse of its Hessian.
 *
 * Status  `max-iter-reached` after 300 steps, or where no step goes down though the gradient says so.
 * Source  Nocedal and Wright 2006, Numerical Optimization, 6.1; step lengths by bisection between Armijo's and the weak
 *         Wolfe condition (Lewis and Overton 2013).
 * Limits  O(n²) memory, for some dozens of variables.
 */
export function minimise(f: Smooth, start: Float64Array, inverse: Float64Array): Minimum {
  const n = start.length;
  const h = inverse.slice();
  let place: Place = { at: start, ...f(start) };
  for (let step = 0; step < STEPS; step++) {
    const direction = times(h, place.gradient).map((value) => -value);
    const slope = inner(direction, place.gradient);
    if (-slope < SETTLED) return { status: 'converged', at: place.at, value: place.value };
    const next = stepAlong(f, place, direction, slope);
    if (next === undefined) {
      // Rounding hides what is left to gain.
      const status = -slope < 1e-5 ? 'converged' : 'max-iter-reached';
      return { status, at: place.at, value: place.value };
    }
    update(h, minus(next.at, place.at), minus(next.gradient, place.gradient), n);
    place = next;
  }
  return { status: 'max-iter-reached', at: place.at, value: place.value };
}

function stepAlong(f: Smooth, from: Place, direction: Float64Array, slope: number): Place | undefined {
  let [low, high, length] = [0, Infinity, 1];
  for (let trial = 0; trial < 40; trial++) {
    const at = from.at.map((value, k) => value + length * direction[k]);
    const there = { at, ...f(at) };
    if (!(there.value <= from.value + 1e-4 * length * slope)) high = length;
    else if (inner(there.gradient, direction) < 0.9 * slope) low = length;
    else return there;
    length = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return undefined;
}

/** H ← (I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ. */
function update(h: Float64Array, s: Float64Array, y: Float64Array, n: number): void {
  const curvature = inner(s, y);
  if (!(curvature > 0)) return;
  const hy = times(h, y);
  const scale = (1 + inner(y, hy) / curvature) / curvature;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      h[i * n + j] += scale * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / curvature;
}

function times(h: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return x.map((_, i) => inner(h.subarray(i * n, (i + 1) * n), x));
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, k) => value - b[k]);
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
