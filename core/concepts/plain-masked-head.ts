import { encodeModel } from '../onnx/proto.ts';
import type { Attribute, Model, Node, ValueInfo } from '../onnx/graph.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { SessionFactory } from '../platform.ts';
import { expectFloat32, float32, int64, type Tensor } from '../tensor.ts';
import type { LayerRecord } from './explanation.ts';
import { channelsOf, positionsOf } from './latent-rows.ts';
import type { MaskedHead } from './masked-head.ts';

/**
 * The head without any specialisation: every mask builds (U ⊙ m) W and runs the whole head, as deel-ai/Craft
 * does. Kept as the reference that the specialised head is tested and timed against, and for heads whose
 * structure the specialiser does not know.
 *
 * Limits   memory of one call: n · positions · channels · 4 bytes, bounded by `maxBatch` masks at a time.
 */
export async function createPlainMaskedHead(
  head: Model,
  layer: LayerRecord,
  conceptBank: Matrix,
  classIndex: number,
  sessions: SessionFactory,
  { maxBatch = 32 }: { maxBatch?: number } = {},
): Promise<MaskedHead> {
  const session = await sessions.open(encodeModel(withMaskInputs(head, layer, conceptBank)));
  const output = session.outputNames[0];
  const logits = async (coefficients: Matrix, masks: Matrix, out: Float64Array): Promise<void> => {
    for (let start = 0; start < masks.rows; start += maxBatch) {
      const count = Math.min(maxBatch, masks.rows - start);
      const rows = masks.data.subarray(start * masks.cols, (start + count) * masks.cols);
      const feeds = { masks: float32(rows, [count, masks.cols]), coefficients: asTensor(coefficients) };
      const { data } = expectFloat32((await session.run(feeds))[output], output);
      const classes = data.length / count;
      for (let i = 0; i < count; i++) out[start + i] = data[i * classes + classIndex];
    }
  };
  return {
    prepare: (coefficients) =>
      Promise.resolve({
        evaluate: async (masks) => {
          const out = new Float64Array(masks.rows);
          await logits(coefficients, masks, out);
          return out;
        },
      }),
    dispose: () => session.dispose(),
  };
}

function asTensor({ data, rows, cols }: Matrix): Tensor<'float32'> {
  return float32(data, [rows, cols]);
}

/** Prepends a = (U ⊙ m) W in the head's own layout; inputs become `masks` [n, r] and `coefficients` [P, r]. */
function withMaskInputs(head: Model, layer: LayerRecord, bank: Matrix): Model {
  const positions = positionsOf(layer);
  const isChannelsLast = layer.channelAxis === layer.shape.length - 1;
  const node = (
    opType: string,
    inputs: string[],
    output: string,
    attributes: [string, Attribute][] = [],
  ): Node => ({
    name: output,
    opType,
    domain: '',
    inputs,
    outputs: [output],
    attributes: new Map(attributes),
  });
  const nodes = [
    node('Reshape', ['masks', 'tessera/mask_shape'], 'tessera/masks'),
    node('Mul', ['tessera/masks', 'coefficients'], 'tessera/masked'),
    node('MatMul', ['tessera/masked', 'tessera/bank'], 'tessera/rows'),
    ...(isChannelsLast
      ? []
      : [
          node('Transpose', ['tessera/rows'], 'tessera/channels', [
            ['perm', { type: 'ints', value: [0, 2, 1] }],
          ]),
        ]),
    node(
      'Reshape',
      [isChannelsLast ? 'tessera/rows' : 'tessera/channels', 'tessera/latent_shape'],
      layer.tensor,
    ),
  ];
  const input = (name: string, dims: ValueInfo['dims']): ValueInfo => ({ name, type: 'float32', dims });
  const initializers = new Map(head.graph.initializers)
    .set('tessera/mask_shape', int64([-1, 1, bank.rows]))
    .set('tessera/latent_shape', int64([-1, ...layer.shape.slice(1)]))
    .set('tessera/bank', float32(bank.data, [bank.rows, channelsOf(layer)]));
  const inputs = [input('masks', ['n', bank.rows]), input('coefficients', [positions, bank.rows])];
  return {
    ...head,
    graph: { ...head.graph, inputs, initializers, nodes: [...nodes, ...head.graph.nodes] },
  };
}
