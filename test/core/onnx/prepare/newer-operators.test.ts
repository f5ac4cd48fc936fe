import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../../../../core/onnx/attributes.ts';
import { encodeModel } from '../../../../core/onnx/proto.ts';
import { prepareModel } from '../../../../core/onnx/prepare/prepare-model.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import { int64 } from '../../../../core/tensor.ts';
import { smallModel } from '../../autodiff/graphs.ts';
import { randomTensor } from '../example-models.ts';
import { ortSessions } from '../ort-sessions.ts';

interface Case {
  readonly op: string;
  readonly inputs: readonly (Tensor | '')[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly outputs?: number;
  readonly opset?: number;
}

const x = (dims: readonly number[], seed = 1) => randomTensor(dims, seed);
const flags = (dims: readonly number[]): Tensor => {
  const size = dims.reduce((product, length) => product * length, 1);
  // A row without a single true value has no softmax: the first of each is true.
  const last = dims.at(-1) ?? 1;
  return {
    type: 'bool',
    dims,
    data: Uint8Array.from({ length: size }, (_, i) => Number(i % last === 0 || i % 3 !== 1)),
  };
};
const heads = [x([2, 4, 5, 8], 1), x([2, 4, 5, 8], 2), x([2, 4, 5, 8], 3)];
const flat = [x([2, 5, 32], 1), x([2, 7, 32], 2), x([2, 7, 32], 3)];
const four = { q_num_heads: 4, kv_num_heads: 4 };

const CASES: readonly (readonly [string, Case])[] = [
  ['heads as an axis', { op: 'Attention', inputs: heads }],
  ['heads beside one another', { op: 'Attention', inputs: flat, attributes: four }],
  ['a scale of its own', { op: 'Attention', inputs: heads, attributes: { scale: { float: 0.3 } } }],
  ['a causal mask', { op: 'Attention', inputs: heads, attributes: { is_causal: 1 } }],
  ['a mask to add', { op: 'Attention', inputs: [...heads, x([5, 5], 4)] }],
  ['a Boolean mask for every head', { op: 'Attention', inputs: [...heads, flags([2, 4, 5, 5])] }],
  ['a soft cap', { op: 'Attention', inputs: heads, attributes: { softcap: { float: 0.5 } } }],
  [
    'a soft cap and a mask to add',
    { op: 'Attention', inputs: [...heads, x([5, 5], 4)], attributes: { softcap: { float: 0.5 } } },
  ],
  [
    'keys shared by two heads',
    { op: 'Attention', inputs: [x([2, 4, 5, 8], 1), x([2, 2, 6, 8], 2), x([2, 2, 6, 8], 3)] },
  ],
  [
    'keys shared, beside one another',
    {
      op: 'Attention',
      inputs: [x([2, 5, 32], 1), x([2, 7, 16], 2), x([2, 7, 16], 3)],
      attributes: { q_num_heads: 4, kv_num_heads: 2 },
    },
  ],
  [
    'keys and values of before, given back with the new ones',
    { op: 'Attention', inputs: [...heads, '', x([2, 4, 3, 8], 5), x([2, 4, 3, 8], 6)], outputs: 3 },
  ],
  [
    'the products shown before the softmax',
    { op: 'Attention', inputs: heads, outputs: 4, attributes: { qk_matmul_output_mode: 0 } },
  ],
  [
    'the weights shown',
    { op: 'Attention', inputs: heads, outputs: 4, attributes: { qk_matmul_output_mode: 3 } },
  ],
  ['the last axis', { op: 'RMSNormalization', inputs: [x([2, 5, 8]), x([8], 2)] }],
  [
    'two axes and another epsilon',
    {
      op: 'RMSNormalization',
      inputs: [x([2, 5, 8]), x([5, 8], 2)],
      attributes: { axis: 1, epsilon: { float: 0.01 } },
    },
  ],
  [
    'heads as an axis',
    { op: 'RotaryEmbedding', inputs: [x([2, 3, 5, 8]), x([2, 5, 4], 2), x([2, 5, 4], 3)] },
  ],
  [
    'heads beside one another, pairs side by side',
    {
      op: 'RotaryEmbedding',
      inputs: [x([2, 5, 24]), x([2, 5, 4], 2), x([2, 5, 4], 3)],
      attributes: { num_heads: 3, interleaved: 1 },
    },
  ],
  [
    'a part of the entries, at given positions',
    {
      op: 'RotaryEmbedding',
      inputs: [x([2, 3, 5, 8]), x([9, 2], 2), x([9, 2], 3), int64([0, 1, 2, 3, 4, 8, 7, 6, 5, 4], [2, 5])],
      attributes: { rotary_embedding_dim: 4 },
    },
  ],
  [
    'a slope of its own',
    { op: 'Swish', inputs: [x([2, 3])], attributes: { alpha: { float: 1.5 } }, opset: 24 },
  ],
  ['no slope', { op: 'Swish', inputs: [x([2, 3])], opset: 24 }],
];

async function outputsOf(item: Case, isPrepared: boolean): Promise<readonly Tensor[]> {
  const names = item.inputs.map((value, index) => (value === '' ? '' : `in${index}`));
  const outputs = Array.from({ length: item.outputs ?? 1 }, (_, index) => `out${index}`);
  const feeds = Object.fromEntries(
    item.inputs.flatMap((value, index) => (value === '' ? [] : [[`in${index}`, value] as const])),
  );
  const plain = smallModel(feeds, [[item.op, names, outputs, item.attributes ?? {}]], {}, item.opset ?? 23);
  const info = outputs.map((name) => ({ name, type: 'float32' as const, dims: undefined }));
  const file = { ...plain, graph: { ...plain.graph, outputs: info } };
  const model = isPrepared ? prepareModel(file) : file;
  if (isPrepared) expect(model.graph.nodes.map(({ opType }) => opType)).not.toContain(item.op);
  const session = await ortSessions().open(encodeModel(model, { declareOutputs: false }));
  try {
    return Object.values(await session.run(feeds, outputs));
  } finally {
    await session.dispose();
  }
}

describe('operators of sets 23 and 24 in plain ones', () => {
  it.each(CASES.map(([what, item]) => [item.op, what, item] as const))(
    '%s with %s gives the numbers of the runtime',
    async (_op, _what, item) => {
      const [got, want] = [await outputsOf(item, true), await outputsOf(item, false)];
      got.forEach((tensor, index) => {
        expect(tensor.dims).toEqual(want[index].dims);
        expect(tensor.data as Float32Array).toBeCloseInNorm(want[index].data as Float32Array, 1e-5);
      });
    },
  );
});
