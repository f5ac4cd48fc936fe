import { devianceOf, fixedPart, logistic, type MixedDesign } from './design.ts';
import { blocksOf, factoriseRandom, type Block, type RandomSystem } from './random-system.ts';

/** Minus twice the log-likelihood at a point (θ, β), by Laplace's approximation, and its gradient there. */
export interface LaplacePoint {
  readonly deviance: number;
  /** By θ of each grouping, then by β. */
  readonly gradient: Float64Array;
}

/** Random effects at their most likely values. */
interface Mode {
  readonly u: Float64Array;
  readonly eta: Float64Array;
  readonly system: RandomSystem;
}

const STEPS = 100;
const SETTLED = 1e-10;

/**
 * The deviance of a mixed logistic regression as a function of θ, the standard deviations of the random intercepts (their
 * signs mean nothing), and β.
 *
 * Method  random effects u ~ N(0, I) enter the log-odds as θ u. For every point û minimises -2 ℓ(u) + |u|² (Newton's method
 *         from the last û); the deviance is -2 ℓ(û) + |û|² + log |M|, M half the Hessian there. Its gradient is exact: û
 *         moves along by the implicit function theorem.
 * Source  Bates et al. 2015; Breslow and Clayton 1993; the approximation is that of lme4's `glmer` with nAGQ = 1.
 * Limits  with few answers a group, or spreads of several units, the approximation makes spreads too small.
 */
export function laplaceDeviance(
  design: MixedDesign,
): (theta: Float64Array, beta: Float64Array) => LaplacePoint {
  const blocks = blocksOf(design.groupings);
  let start: Float64Array = new Float64Array(blocks.reduce((sum, { levels }) => sum + levels, 0));
  return (theta, beta) => {
    const mode = findMode(design, blocks, theta, fixedPart(design, beta), start);
    start = mode.u;
    const penalty = mode.u.reduce((sum, value) => sum + value * value, 0);
    return {
      deviance: devianceOf(mode.eta, design.right) + penalty + mode.system.logDeterminant,
      gradient: gradientAt(design, blocks, theta, mode),
    };
  };
}

function etaOf(
  fixed: Float64Array,
  blocks: readonly Block[],
  theta: Float64Array,
  u: Float64Array,
): Float64Array {
  const eta = fixed.slice();
  blocks.forEach(({ offset, of }, f) => {
    for (let i = 0; i < eta.length; i++) eta[i] += theta[f] * u[offset + of[i]];
  });
  return eta;
}

function findMode(
  { right }: MixedDesign,
  blocks: readonly Block[],
  theta: Float64Array,
  fixed: Float64Array,
  start: Float64Array,
): Mode {
  const energy = (u: Float64Array, eta: Float64Array): number =>
    devianceOf(eta, right) + u.reduce((sum, value) => sum + value * value, 0);
  let u = start;
  let eta = etaOf(fixed, blocks, theta, u);
  let least = energy(u, eta);
  for (let step = 0; ; step++) {
    const means = eta.map(logistic);
    const system = factoriseRandom(
      blocks,
      means.map((mean) => mean * (1 - mean)),
      theta,
    );
    const change = u.map((value) => -value);
    blocks.forEach(({ offset, of }, f) => {
      for (let i = 0; i < eta.length; i++) change[offset + of[i]] += theta[f] * (right[i] - means[i]);
    });
    system.solve(change);
    const largest = change.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest < SETTLED || step === STEPS) return { u, eta, system };
    for (let length = 1; length > 1e-4; length /= 2) {
      const next = u.map((value, at) => value + length * change[at]);
      const there = etaOf(fixed, blocks, theta, next);
      const reached = energy(next, there);
      if (reached > least + 1e-12 * (1 + least)) continue;
      [u, eta, least] = [next, there, reached];
      break;
    }
  }
}

/**
 * The gradient by θ and β. With û moved along, a change of observation i's log-odds counts -2 (y - μ) from the likelihood and
 * w' a_iᵀ M⁻¹ a_i from log |M|; `moved` takes off what û does about it, by one solve with M for all parameters (the adjoint). θ
 * enters M and û's equation by itself, too: the last two terms.
 */
function gradientAt(
  { x, right, terms }: MixedDesign,
  blocks: readonly Block[],
  theta: Float64Array,
  { u, eta, system }: Mode,
): Float64Array {
  const n = eta.length;
  const means = eta.map(logistic);
  const entry = system.inverse();
  // (M⁻¹ a_i) at the effects that observation i has, and a_iᵀ M⁻¹ a_i.
  const own = blocks.map(() => new Float64Array(n));
  const slopes = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let leverage = 0;
    blocks.forEach((a, f) => {
      blocks.forEach((b, h) => (own[f][i] += theta[h] * entry(a.offset + a.of[i], b.offset + b.of[i])));
      leverage += theta[f] * own[f][i];
    });
    // Derivative of the weight by the log-odds, times the leverage.
    slopes[i] = means[i] * (1 - means[i]) * (1 - 2 * means[i]) * leverage;
  }
  const adjoint = new Float64Array(u.length);
  blocks.forEach(({ offset, of }, f) => {
    for (let i = 0; i < n; i++) adjoint[offset + of[i]] += theta[f] * slopes[i];
  });
  system.solve(adjoint);
  const gradient = new Float64Array(blocks.length + terms.length);
  for (let i = 0; i < n; i++) {
    const [weight, residual] = [means[i] * (1 - means[i]), right[i] - means[i]];
    let moved = 0;
    blocks.forEach(({ offset, of }, f) => (moved += theta[f] * adjoint[offset + of[i]]));
    const byEta = -2 * residual + slopes[i] - weight * moved;
    blocks.forEach(({ offset, of }, f) => {
      const at = offset + of[i];
      gradient[f] += u[at] * byEta + adjoint[at] * residual + 2 * weight * own[f][i];
    });
    for (let k = 0; k < terms.length; k++) gradient[blocks.length + k] += x[i * terms.length + k] * byEta;
  }
  return gradient;
}
