import type { Matrix } from '../linalg/matrix.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { LayerRecord } from './explanation.ts';
import { positionsOf } from './latent-rows.ts';

/**
 * What each concept alone contributes to one image's activations, u_c ⊗ W_c, and an empty activation last.
 *
 * Shapes   coefficients [P, r], conceptBank [r, p]; returns [r + 1, …] in the layer's own layout, so that any
 *          masked activation is Σ_c m_c · out[c].
 */
export function conceptActivations(
  coefficients: Matrix,
  conceptBank: Matrix,
  layer: LayerRecord,
): Tensor<'float32'> {
  const positions = positionsOf(layer);
  const { rows: count, cols: channels } = conceptBank;
  const out = new Float32Array((count + 1) * positions * channels);
  const isChannelsLast = layer.channelAxis === layer.shape.length - 1;
  const [positionStride, channelStride] = isChannelsLast ? [channels, 1] : [1, positions];
  for (let concept = 0; concept < count; concept++) {
    const base = concept * positions * channels;
    for (let position = 0; position < positions; position++) {
      const amount = coefficients.data[position * count + concept];
      if (amount === 0) continue;
      const start = base + position * positionStride;
      for (let channel = 0; channel < channels; channel++) {
        out[start + channel * channelStride] = amount * conceptBank.data[concept * channels + channel];
      }
    }
  }
  return float32(out, [count + 1, ...layer.shape.slice(1)]);
}
