import { invariant } from '../errors.ts';
import { chiSquareTail } from './tail-probability.ts';

/** Probability that a standard normal variable exceeds `z`. */
export function normalTail(z: number): number {
  const half = chiSquareTail(z * z, 1) / 2;
  return z > 0 ? half : 1 - half;
}

/** Density of a standard normal variable at `z`. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/**
 * The value that a standard normal variable stays below with probability `p`, 0 < p < 1, to 1e-12.
 *
 * Source  Abramowitz and Stegun 1964, 26.2.23 (to 4.5e-4), made exact by three steps of Halley's method.
 * Throws  BugError outside 0 … 1.
 */
export function normalQuantile(p: number): number {
  invariant(p > 0 && p < 1, `normalQuantile: ${p} is no probability between 0 and 1`);
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  const [above, below] = [
    2.515517 + t * (0.802853 + t * 0.010328),
    1 + t * (1.432788 + t * (0.189269 + t * 0.001308)),
  ];
  let z = above / below - t;
  for (let step = 0; step < 3; step++) {
    const excess = (normalTail(-z) - p) / normalDensity(z);
    z -= excess / (1 + (z * excess) / 2);
  }
  return z;
}
