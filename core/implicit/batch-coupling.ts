import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import { norm } from './linear-solve/vector.ts';

/** Sizes for which a condition was found to treat every sample by itself. */
const independent = new WeakMap<object, Set<string>>();

/**
 * Refuses a condition whose samples act on each other: its ∂F/∂x is not block diagonal, and blocks alone would give a wrong
 * derivative. `pull` is u ↦ (∂F/∂x)ᵀ u over all samples, one after the other.
 *
 * Halves of the samples are told apart by the digits of their numbers, so that every two of them lie in different halves
 * once; what is pulled by one half must not reach the other. That takes 2 · log₂(samples) products, once for each condition and
 * size. Limit: samples that act on each other elsewhere, but not at the first point that is looked at, are not seen.
 *
 * Throws ImplicitError 'bad-usage' that names two samples.
 */
export function refuseCoupling(
  condition: object,
  { size, batch }: { readonly size: number; readonly batch: number },
  pull: (u: Float64Array) => Float64Array,
): void {
  const known = independent.get(condition) ?? new Set<string>();
  const key = `${size}/${batch}`;
  if (batch < 2 || known.has(key)) return;
  const n = size / batch;
  for (let digit = 1; digit < batch; digit *= 2) {
    for (const side of [0, digit]) {
      const isOwn = (at: number): boolean => (Math.floor(at / n) & digit) === side;
      const along = Float64Array.from({ length: size }, (_, at) =>
        isOwn(at) ? 1 + 0.5 * Math.sin(12.9898 * (at + 1)) : 0,
      );
      const pulled = pull(along);
      const reached = foreignEntry(pulled, isOwn);
      if (reached !== undefined) throw coupled(Math.floor(reached / n), batch);
    }
  }
  known.add(key);
  independent.set(condition, known);
}

/** Where the other half was reached by more than rounding; a sample's own trouble, NaN, is no sign of it. */
function foreignEntry(pulled: Float64Array, isOwn: (at: number) => boolean): number | undefined {
  const own = norm(pulled.filter((value, at) => Number.isFinite(value) && isOwn(at)));
  const rounding = 100 * tf.backend().epsilon() * own;
  const at = pulled.findIndex(
    (value, i) => !isOwn(i) && Number.isFinite(value) && Math.abs(value) > rounding,
  );
  return at < 0 ? undefined : at;
}

const coupled = (sample: number, batch: number): ImplicitError =>
  new ImplicitError(
    'bad-usage',
    `batch: F must treat each of the ${batch} samples by itself, but sample ${sample} of x changes F of other samples`,
    {
      hint: 'Sums, means and products over the first axis of x tie samples together. Take them over the other axes, or leave { batch } out: all unknowns are then solved as one system.',
    },
  );
