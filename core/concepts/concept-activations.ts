import type { Matrix } from '../linalg/matrix.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { LayerRecord } from './explanation.ts';
import { positionsOf } from './latent-rows.ts';

/**
 * What each concept alone contributes to one image's activations, u_c ⊗ W_c, and an empty activation last. With `own`,
 * the image's activations A [1, …], what no concept explains of them, A - UW, comes before the empty one.
 *
 * Shapes   coefficients [P, r], conceptBank [r, p]; returns [r + 1, …], with `own` [r + 2, …], in the layer's own layout,
 *          so that any masked activation is Σ_c m_c · out[c].
 */
export function conceptActivations(
  coefficients: Matrix,
  conceptBank: Matrix,
  layer: LayerRecord,
  own?: Tensor<'float32'>,
): Tensor<'float32'> {
  const positions = positionsOf(layer);
  const { rows: count, cols: channels } = conceptBank;
  const size = positions * channels;
  const rows = count + (own === undefined ? 1 : 2);
  const out = new Float32Array(rows * size);
  const isChannelsLast = layer.channelAxis === layer.shape.length - 1;
  const [positionStride, channelStride] = isChannelsLast ? [channels, 1] : [1, positions];
  for (let concept = 0; concept < count; concept++) {
    const base = concept * size;
    for (let position = 0; position < positions; position++) {
      const amount = coefficients.data[position * count + concept];
      if (amount === 0) continue;
      const start = base + position * positionStride;
      for (let channel = 0; channel < channels; channel++) {
        out[start + channel * channelStride] = amount * conceptBank.data[concept * channels + channel];
      }
    }
  }
  if (own !== undefined) {
    const rest = out.subarray(count * size, (count + 1) * size);
    for (let i = 0; i < size; i++) {
      let explained = 0;
      for (let concept = 0; concept < count; concept++) explained += out[concept * size + i];
      rest[i] = own.data[i] - explained;
    }
  }
  return float32(out, [rows, ...layer.shape.slice(1)]);
}
