import type { ProxFn } from '../optimality/fixed-points.ts';
import type { Objective } from '../optimality/gradient.ts';
import type { OptimalityFn } from '../residual-map.ts';
import type { Scalar } from '../scalar.ts';

/**
 * What a solver is made of, for whoever carries out its steps by other means than its own (core/implicit/compiled). The
 * iterates must be the same to rounding.
 */
export type Recipe<X, A extends unknown[]> =
  | ProximalRecipe<X, A>
  | { readonly kind: 'lbfgs'; readonly objective: Objective<X, A>; readonly history: number }
  | { readonly kind: 'newton'; readonly root: OptimalityFn<X, A> }
  | {
      readonly kind: 'fixed-point';
      readonly map: OptimalityFn<X, A>;
      /** The error is ‖T(x) - x‖ over this. */
      readonly scale: number;
    }
  | {
      readonly kind: 'anderson';
      readonly map: OptimalityFn<X, A>;
      readonly history: number;
      readonly ridge: number;
    };

/** The proximal-gradient family. */
export interface ProximalRecipe<X, A extends unknown[]> {
  readonly kind: 'proximal-gradient';
  readonly objective: Objective<X, A>;
  readonly prox: ProxFn<X, A>;
  readonly stepsize: number | undefined;
  readonly acceleration: boolean;
  /** The optimality condition for a step size, where it depends on one. */
  readonly conditionFor?: (stepsize: Scalar) => OptimalityFn<X, A>;
}
