import { TesseraError } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { LayerRecord } from './explanation.ts';
import { positionsOf } from './latent-rows.ts';

/*
 * "What if this concept were not there?" A factor scales each concept's coefficients; what the concepts do not explain
 * of the activations, the residual A - UW, does not change:
 *
 *   a(f) = A + Σ_c (f_c - 1) (u_c ⊗ W_c)
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

/** Throws TesseraError 'bad-usage' unless there is one factor a concept, each a number from 0 to 2. */
export function checkFactors(factors: ArrayLike<number>, nConcepts: number): void {
  if (factors.length !== nConcepts) {
    throw new TesseraError(
      'bad-usage',
      `A factor is needed for each of the ${nConcepts} concepts, got ${factors.length}.`,
    );
  }
  for (let concept = 0; concept < nConcepts; concept++) {
    const factor = factors[concept];
    if (factor >= 0 && factor <= LARGEST_FACTOR) continue;
    throw new TesseraError(
      'bad-usage',
      `A concept is scaled by a number from 0 to ${LARGEST_FACTOR}, got ${String(factor)}.`,
      { hint: '0 takes the concept away, 1 leaves it as it is, 2 doubles it.' },
    );
  }
}

/**
 * Activations with every concept scaled: a(f) = A + Σ_c (f_c - 1) (u_c ⊗ W_c), the residual kept.
 *
 * Shapes   activations A [n, …] in the layer's own layout, coefficients U [n · positions, r], conceptBank W [r, p],
 *          factors [r]; returns a new tensor like A. Factors of 1 cost nothing.
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
  const out = Float32Array.from(activations.data);
  for (let concept = 0; concept < r; concept++) {
    const change = factors[concept] - 1;
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
