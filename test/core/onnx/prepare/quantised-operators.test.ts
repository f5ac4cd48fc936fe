import { describe, expect, it } from 'vitest';
import { vjp } from '../../../../core/autodiff/vjp.ts';
import type { AttributeValue } from '../../../../core/onnx/attributes.ts';
import { dequantise } from '../../../../core/onnx/prepare/dequantise.ts';
import { prepareModel } from '../../../../core/onnx/prepare/prepare-model.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import { float32 } from '../../../../core/tensor.ts';
import { smallModel, type ShortNode } from '../../autodiff/graphs.ts';
import { randomTensor } from '../example-models.ts';
import { runModel } from '../ort-sessions.ts';

const number = (value: number) => float32(Float32Array.of(value), []);
const bytes = (
  type: 'uint8' | 'int8',
  values: readonly number[],
  dims: readonly number[] = [values.length],
): Tensor => ({
  type,
  dims,
  data: (type === 'uint8' ? Uint8Array : Int8Array).from(values),
});
const zeroPoint = (value: number) => bytes('uint8', [value], []);
/** Small enough that no processor cuts off sums of two products at 16 bits. */
const weights = (dims: readonly number[]) =>
  bytes(
    'int8',
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 37) % 121) - 60),
    dims,
  );
const bias: Tensor = { type: 'int32', dims: [3], data: Int32Array.of(120, -340, 25) };

const STEPS = {
  s: number(0.02),
  z: zeroPoint(128),
  t: number(0.0473),
  y: zeroPoint(120),
};
const quantised: ShortNode = ['QuantizeLinear', ['x', 's', 'z'], ['q']];
const ENDS: ShortNode = ['DequantizeLinear', ['r', 't', 'y'], ['out']];
const runtime = 'com.microsoft';

type Case = readonly [
  what: string,
  dims: readonly number[],
  node: ShortNode,
  constants?: Readonly<Record<string, Tensor>>,
];

const W = { w: weights([3, 2, 3, 3]), ws: number(0.01), wz: bytes('int8', [0], []), b: bias };
const perChannel = {
  ...W,
  ws: float32(Float32Array.of(0.01, 0.02, 0.004), [3]),
  wz: bytes('int8', [0, 0, 0]),
};
const conv = ['q', 's', 'z', 'w', 'ws', 'wz', 't', 'y', 'b'];
const convAttributes: Record<string, AttributeValue> = { pads: [1, 1, 1, 1], strides: [2, 2] };
const fully = { w: weights([8, 3]), ws: number(0.01), wz: bytes('int8', [2], []), b: bias };

const CASES: readonly Case[] = [
  ['QLinearConv', [2, 2, 6, 6], ['QLinearConv', conv, ['r'], convAttributes], W],
  [
    'QLinearConv of a scale a channel',
    [2, 2, 6, 6],
    ['QLinearConv', conv, ['r'], convAttributes],
    perChannel,
  ],
  ['QLinearConv without bias', [2, 2, 6, 6], ['QLinearConv', conv.slice(0, 8), ['r']], W],
  ['QLinearMatMul', [4, 8], ['QLinearMatMul', ['q', 's', 'z', 'w', 'ws', 'wz', 't', 'y'], ['r']], fully],
  [
    'QGemm',
    [4, 8],
    ['QGemm', ['q', 's', 'z', 'w', 'ws', 'wz', 'b', 't', 'y'], ['r'], { transB: 1 }, runtime],
    { ...fully, w: weights([3, 8]) },
  ],
  ['QLinearAdd', [2, 3, 4], ['QLinearAdd', ['q', 's', 'z', 'q', 's', 'z', 't', 'y'], ['r'], {}, runtime]],
  ['QLinearMul', [2, 3, 4], ['QLinearMul', ['q', 's', 'z', 'q', 's', 'z', 't', 'y'], ['r'], {}, runtime]],
  ['QLinearSigmoid', [2, 3, 4], ['QLinearSigmoid', ['q', 's', 'z', 't', 'y'], ['r'], {}, runtime]],
  [
    'QLinearLeakyRelu',
    [2, 3, 4],
    ['QLinearLeakyRelu', ['q', 's', 'z', 't', 'y'], ['r'], { alpha: { float: 0.1 } }, runtime],
  ],
  [
    'QLinearGlobalAveragePool',
    [2, 3, 4, 4],
    ['QLinearGlobalAveragePool', ['q', 's', 'z', 't', 'y'], ['r'], { channels_last: 0 }, runtime],
  ],
  [
    'QLinearAveragePool',
    [2, 3, 4, 4],
    [
      'QLinearAveragePool',
      ['q', 's', 'z', 't', 'y'],
      ['r'],
      { kernel_shape: [2, 2], strides: [2, 2] },
      runtime,
    ],
  ],
  [
    'QLinearConcat',
    [2, 3, 4],
    ['QLinearConcat', ['t', 'y', 'q', 's', 'z', 'q', 's', 'z'], ['r'], { axis: 1 }, runtime],
  ],
];

/** The share of values that lie another step away than the runtime's integer sums. */
function otherSteps(got: ArrayLike<number>, want: ArrayLike<number>): number {
  const differences = Array.from(got, (value, index) => Math.abs(value - want[index]));
  expect(Math.max(...differences)).toBeLessThan(0.048);
  return differences.filter((difference) => difference > 1e-5).length / differences.length;
}

describe('quantised operators as real ones between quantisers', () => {
  it.each(CASES.map((item) => [item[0], item] as const))(
    '%s rounds to the same steps as the runtime',
    async (_, [, dims, node, constants = {}]) => {
      const file = smallModel({ x: dims }, [quantised, node, ENDS], { ...STEPS, ...constants }, 13);
      const model = prepareModel(file);
      expect(model.graph.nodes.map(({ domain }) => domain)).not.toContain(runtime);
      expect(model.graph.nodes.map(({ opType }) => opType)).not.toContain(node[0]);
      const x = randomTensor(dims, 3);
      const [got, want] = [await runModel(model, { x }), await runModel(file, { x })];
      expect(got['out'].dims).toEqual(want['out'].dims);
      expect(otherSteps(got['out'].data as Float32Array, want['out'].data as Float32Array)).toBeLessThan(
        0.02,
      );
    },
  );

  it('moves real values where a file moves quantised ones, and has a gradient there', async () => {
    const file = smallModel(
      { x: [1, 1, 2, 2] },
      [
        quantised,
        ['MaxPool', ['q'], ['m'], { kernel_shape: [2, 2] }],
        ['DequantizeLinear', ['m', 's', 'z'], ['out']],
      ],
      STEPS,
      13,
    );
    const model = prepareModel(file);
    const x = float32(Float32Array.of(0.1, 0.7, -0.3, 0.2), [1, 1, 2, 2]);
    expect((await runModel(model, { x }))['out'].data).toEqual((await runModel(file, { x }))['out'].data);
    const backward = vjp(model, {
      from: 'x',
      to: 'out',
      inputDims: new Map([['x', x.dims]]),
      cotangents: 'single',
    });
    const v = float32(Float32Array.of(1), [1, 1, 1, 1]);
    expect([...((await runModel(backward.model, { x, v }))['gx'].data as Float32Array)]).toEqual([
      0, 1, 0, 0,
    ]);
  });

  it('passes a rounding on, and nothing where the value is cut off at its range', async () => {
    const model = prepareModel(
      smallModel({ x: [4] }, [quantised, ['DequantizeLinear', ['q', 's', 'z'], ['out']]], STEPS, 13),
    );
    const backward = vjp(model, {
      from: 'x',
      to: 'out',
      inputDims: new Map([['x', [4]]]),
      cotangents: 'single',
    });
    const x = float32(Float32Array.of(-3, -2.5, 1.013, 2.6), [4]);
    const { a, gx } = await runModel(backward.model, { x, v: float32(Float32Array.of(1, 2, 3, 4), [4]) });
    expect([...(a.data as Float32Array)].map((value) => Number(value.toFixed(4)))).toEqual([
      -2.56, -2.5, 1.02, 2.54,
    ]);
    expect([...(gx.data as Float32Array)].map((value) => Number(value.toFixed(4)))).toEqual([0, 2, 3, 0]);
  });

  it('has a gradient through a scale a channel', async () => {
    const scales = float32(Float32Array.of(0.5, 0.01), [2]);
    const zeros = bytes('int8', [0, 0]);
    const model = prepareModel(
      smallModel(
        { x: [1, 2, 2] },
        [
          ['QuantizeLinear', ['x', 'c', 'o'], ['q'], { axis: 1 }],
          ['DequantizeLinear', ['q', 'c', 'o'], ['out'], { axis: 1 }],
        ],
        { c: scales, o: zeros },
        13,
      ),
    );
    const dims = new Map([['x', [1, 2, 2]]]);
    const backward = vjp(model, { from: 'x', to: 'out', inputDims: dims, cotangents: 'single' });
    const x = float32(Float32Array.of(1, 70, 1, 2), [1, 2, 2]);
    const { gx } = await runModel(backward.model, { x, v: float32(Float32Array.of(1, 1, 1, 1), [1, 2, 2]) });
    expect([...(gx.data as Float32Array)].map((value) => Number(value.toFixed(5)))).toEqual([1, 0, 1, 0]);
  });

  it('turns constants of few bits into real numbers', () => {
    const q = bytes('int8', [1, 2, 3, 4], [2, 2]);
    expect([...dequantise(q, number(0.5), bytes('int8', [1], [])).data]).toEqual([0, 0.5, 1, 1.5]);
    const rows = float32(Float32Array.of(1, 10), [2]);
    expect([...dequantise(q, rows, undefined, { axis: 0 }).data]).toEqual([1, 2, 30, 40]);
    expect([...dequantise(q, rows, undefined, { axis: -1 }).data]).toEqual([1, 20, 3, 40]);
    const blocks = float32(Float32Array.of(1, 10, 100, 1000), [2, 2]);
    const wide = bytes('int8', [1, 1, 1, 1, 1, 1], [2, 3]);
    expect([...dequantise(wide, blocks, undefined, { axis: 1, block: 2 }).data]).toEqual([
      1, 1, 10, 100, 100, 1000,
    ]);
  });
});
