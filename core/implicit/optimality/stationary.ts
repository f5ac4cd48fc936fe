import { gradientOf } from './gradient.ts';
import type { Objective } from './gradient.ts';
import type { OptimalityFn } from '../residual-map.ts';

/** F(x, ...args) = ∇ₓ f(x, ...args): unconstrained minima (or any stationary point) of a smooth f. */
export function stationaryPoint<X, A extends unknown[]>(objective: Objective<X, A>): OptimalityFn<X, A> {
  return gradientOf(objective);
}
