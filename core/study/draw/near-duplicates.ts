import { hashDistance, type PictureHash } from '../../images/perceptual-hash.ts';

/** What tells whether two pictures are nearly the same one. */
export interface Look {
  readonly hash: PictureHash;
  /** Activations of the model, [any] of length 1; absent where they are not at hand. */
  readonly activations?: Float32Array;
}

/** Bits of the difference hash up to which two pictures are one. */
const MOST_BITS = 4;
/** Cosine of the activations from which on two pictures are one. */
const LEAST_COSINE = 0.98;

/** Would a person who knows one of the pictures know the other again? */
export function isNearDuplicate(a: Look, b: Look): boolean {
  if (hashDistance(a.hash, b.hash) <= MOST_BITS) return true;
  if (a.activations === undefined || b.activations === undefined) return false;
  return product(a.activations, b.activations) > LEAST_COSINE;
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
