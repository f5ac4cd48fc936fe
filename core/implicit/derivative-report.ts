import type { LinearSolution } from './linear-solve/linear-operator.ts';

/** What became of the linear system behind a derivative; of a batch, of the worst sample and in `samples` of each. */
export type LinearReport = Omit<LinearSolution, 'x'>;

/**
 * Where the implicit function theorem does not apply as it stands. `minimum-norm`: ∂F/∂x is singular, and of the
 * derivatives that satisfy the system the one of least norm was taken. `one-sided`: a piece of F sits on its kink
 * (a ReLU at 0, a tie of max or min, a weakly active constraint), and the derivative is that of one side.
 */
export type Fallback = 'minimum-norm' | 'one-sided';

/** How a derivative came about, besides its value. */
export interface DerivativeReport {
  readonly linear: LinearReport;
  /** ‖F(x, ...args)‖₂ at the point that was differentiated: 0 at an exact solution. */
  readonly optimality: number;
  /**
   * How far a Newton step would move the point, estimated from what the linear solve made of its right-hand side, relative to
   * ‖x‖ (absolute where ‖x‖ < 1); of a batch, the sample that is farthest off. The derivative is off by about as much.
   */
  readonly displacement: number;
  readonly fallbacks: readonly Fallback[];
}

/** The worse of two reports on systems with one matrix; `undefined` counts as nothing yet. */
export function worse(a: LinearReport | undefined, b: LinearReport): LinearReport {
  const rank = { converged: 0, 'max-iterations': 1, breakdown: 2 };
  if (!a || rank[b.status] > rank[a.status]) return b;
  return rank[b.status] === rank[a.status] && b.residual > a.residual ? b : a;
}
