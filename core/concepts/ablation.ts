import { TesseraError } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { LayerRecord } from './explanation.ts';
import { positionsOf } from './latent-rows.ts';

/*
 * "What if this concept were not there?" A factor scales each concept's coefficients. What the concepts do not explain of
 * the activations, the rest A - UW, has a factor f_0 of its own, 1 unless it is asked about:
 *
 *   a(f) = f_0 A + Σ_c (f_c - f_0) (u_c ⊗ W_c)
 *
 * so that 1 everywhere is the model's own answer, not that of the reconstruction, and a change of the answer comes
 * from the concepts alone. At 0 what remains of a position may be slightly negative where the concepts had promised
 * too much; it is not cut off, which keeps the change linear in the factors.
 */

/** The largest factor: twice as much of a concept as there is. */
export const LARGEST_FACTOR = 2;

/** Factors that leave everything as it is. */
export function unchangedFactors(nConcepts: number): number[] {
  return Array.from({ length: nConcepts }, () => 1);
}

/** Throws TesseraError 'bad-usage' unless there is one factor a concept, and perhaps the rest's last, each a number from 0 to 2. */
export function checkFactors(factors: ArrayLike<number>, nConcepts: number): void {
  if (factors.length !== nConcepts && factors.length !== nConcepts + 1) {
    throw new TesseraError(
      'bad-usage',
      `A factor is needed for each of the ${nConcepts} concepts, got ${factors.length}.`,
    );
  }
  for (const factor of Array.from(factors)) {
    if (factor >= 0 && factor <= LARGEST_FACTOR) continue;
    throw new TesseraError(
      'bad-usage',
      `A concept is scaled by a number from 0 to ${LARGEST_FACTOR}, got ${String(factor)}.`,
      { hint: '0 takes the concept away, 1 leaves it as it is, 2 doubles it.' },
    );
  }
}

/**
 * Activations with every concept scaled: a(f) = f_0 A + Σ_c (f_c - f_0) (u_c ⊗ W_c), f_0 that of the rest.
 *
 * Shapes   activations A [n, …] in the layer's own layout, coefficients U [n · positions, r], conceptBank W [r, p],
 *          factors [r], the rest kept, or [r + 1], its own last; returns a new tensor like A. Factors like the rest's cost nothing.
 */
export function scaleConcepts(
  activations: Tensor<'float32'>,
  coefficients: Matrix,
  conceptBank: Matrix,
  layer: LayerRecord,
  factors: ArrayLike<number>,
): Tensor<'float32'> {
  const { rows: r, cols: channels } = conceptBank;
  const positions = positionsOf(layer);
  const isChannelsLast = layer.channelAxis === layer.shape.length - 1;
  const [positionStride, channelStride] = isChannelsLast ? [channels, 1] : [1, positions];
  const ofRest = factors.length > r ? factors[r] : 1;
  const out = activations.data.map((value) => ofRest * value);
  for (let concept = 0; concept < r; concept++) {
    const change = factors[concept] - ofRest;
    if (change === 0) continue;
    for (let row = 0; row < coefficients.rows; row++) {
      const amount = change * coefficients.data[row * r + concept];
      if (amount === 0) continue;
      const image = Math.floor(row / positions);
      const start = image * positions * channels + (row - image * positions) * positionStride;
      for (let channel = 0; channel < channels; channel++) {
        out[start + channel * channelStride] += amount * conceptBank.data[concept * channels + channel];
      }
    }
  }
  return float32(out, activations.dims);
}
