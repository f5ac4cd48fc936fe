import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vjp } from '../../../core/autodiff/vjp.ts';
import { foldConstants } from '../../../core/onnx/constant-folding.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import { propagate } from '../../../core/onnx/propagate.ts';
import { inferShapes, probeShapes } from '../../../core/onnx/shapes.ts';
import { int64 } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { smallModel } from '../autodiff/graphs.ts';
import type { ShortNode } from '../autodiff/graphs.ts';
import { randomTensor } from './example-models.ts';
import { ortSessions, runModel } from './ort-sessions.ts';

const gather = (name: string, from: string, index: string): readonly ShortNode[] => [
  ['Shape', [from], [`${name}_shape`]],
  ['Gather', [`${name}_shape`, index], [name], { axis: 0 }],
];

/** What must be added to a side to make it a multiple of the window: ((w - side % w) % w), as traced. */
const missing = (name: string, side: string): readonly ShortNode[] => [
  ['Mod', [side, 'window'], [`${name}_rest`], { fmod: 0 }],
  ['Sub', ['window', `${name}_rest`], [`${name}_gap`]],
  ['Mod', [`${name}_gap`, 'window'], [`${name}_scalar`], { fmod: 0 }],
  ['Unsqueeze', [`${name}_scalar`, 'first'], [name]],
];

/**
 * Window attention as TorchScript exports it: a map is padded to whole windows by pads in torch's order that the
 * graph reverses for ONNX, then cut into windows by sizes that the graph divides.
 */
const windows = smallModel(
  { x: { type: 'float32', dims: ['batch', 10, 9, 2] as unknown as number[] } },
  [
    ...gather('height', 'x', 'one'),
    ...gather('width', 'x', 'two'),
    ...missing('bottom', 'height'),
    ...missing('right', 'width'),
    ['Concat', ['zero', 'zero', 'zero', 'right', 'zero', 'bottom'], ['given'], { axis: 0 }],
    ['Shape', ['given'], ['count']],
    ['Sub', ['eight', 'count'], ['left']],
    ['ConstantOfShape', ['left'], ['fill_float']],
    ['Cast', ['fill_float'], ['fill'], { to: 7 }],
    ['Concat', ['given', 'fill'], ['all'], { axis: 0 }],
    ['Reshape', ['all', 'pairs'], ['torch_order']],
    ['Slice', ['torch_order', 'last', 'lowest', 'zero', 'last'], ['reversed']],
    ['Transpose', ['reversed'], ['onnx_order'], { perm: [1, 0] }],
    ['Reshape', ['onnx_order', 'last'], ['flat']],
    ['Cast', ['flat'], ['pads'], { to: 7 }],
    ['Pad', ['x', 'pads'], ['padded'], { mode: 'constant' }],
    ...gather('images', 'padded', 'nought'),
    ...gather('rows', 'padded', 'one'),
    ...gather('cols', 'padded', 'two'),
    ['Div', ['rows', 'window'], ['down']],
    ['Div', ['cols', 'window'], ['across']],
    ['Unsqueeze', ['images', 'first'], ['images_1']],
    ['Unsqueeze', ['down', 'first'], ['down_1']],
    ['Unsqueeze', ['across', 'first'], ['across_1']],
    ['Concat', ['images_1', 'down_1', 'seven', 'across_1', 'seven', 'two_1'], ['target'], { axis: 0 }],
    ['Reshape', ['padded', 'target'], ['cut']],
    ['Transpose', ['cut'], ['windows'], { perm: [0, 1, 3, 2, 4, 5] }],
    ['Reshape', ['windows', 'tokens'], ['attended']],
    ['Mul', ['attended', 'attended'], ['y']],
  ],
  {
    nought: int64([0], []),
    one: int64([1], []),
    two: int64([2], []),
    window: int64([7], []),
    eight: int64([8]),
    first: int64([0]),
    zero: int64([0]),
    last: int64([-1]),
    lowest: int64([Number.MIN_SAFE_INTEGER]),
    pairs: int64([-1, 2]),
    seven: int64([7]),
    two_1: int64([2]),
    tokens: int64([-1, 49, 2]),
  },
);

describe('shape arithmetic of traced window attention', () => {
  const dims = new Map([['x', [1, 10, 9, 2]]]);

  it.each([1, 3])('is followed to the true shape of every tensor at batch %i', async (batch) => {
    const sizes = new Map([['x', [batch, 10, 9, 2]]]);
    const inferred = inferShapes(windows, sizes);
    expect(inferred.get('padded')?.dims).toEqual([batch, 14, 14, 2]);
    for (const [name, { type, dims: want }] of await probeShapes(windows, sizes, ortSessions()))
      expect({ name, type, dims: inferred.get(name)?.dims }).toEqual({ name, type, dims: want });
  });

  it('is folded away with the batch left free', async () => {
    const folded = foldConstants(windows, dims);
    expect(folded.graph.nodes.map(({ opType }) => opType)).not.toContain('Mod');
    const [pad] = folded.graph.nodes.filter(({ opType }) => opType === 'Pad');
    expect(folded.graph.initializers.get(pad.inputs[1])).toEqual(int64([0, 0, 0, 0, 0, 4, 5, 0]));
    for (const batch of [1, 3]) {
      const feeds = { x: randomTensor([batch, 10, 9, 2], 1) };
      expect(await runModel(folded, feeds)).toEqual(await runModel(windows, feeds));
    }
  });

  it('lets the gradient through', async () => {
    const { model } = vjp(windows, { from: 'x', to: 'y', inputDims: dims, cotangents: 'single' });
    const x = randomTensor([1, 10, 9, 2], 2);
    const v: Tensor = { type: 'float32', dims: [4, 49, 2], data: new Float32Array(4 * 49 * 2).fill(1) };
    const { gx } = await runModel(model, { x, v });
    // y = x² at every place: the gradient of its sum is 2 x.
    expect(gx.data).toEqual(x.data.map((value) => 2 * value));
  });
});

const f32 = (values: readonly number[], dims: readonly number[] = [values.length]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});
const i32 = (values: readonly number[]): Tensor => ({
  type: 'int32',
  dims: [values.length],
  data: Int32Array.from(values),
});

/** What propagation says a node gives for constants, and what the runtime computes. */
async function bothValues(
  opType: string,
  operands: readonly (Tensor | undefined)[],
  values: ShortNode[3] = {},
) {
  const names = operands.map((operand, index) => (operand === undefined ? '' : `c${index}`));
  const constants = Object.fromEntries(
    operands.flatMap((operand, index) => (operand === undefined ? [] : [[names[index], operand] as const])),
  );
  const model = smallModel({ unused: [1] }, [[opType, names, ['y'], values]], constants);
  const bytes = encodeModel(model, { declareOutputs: false });
  const ours = propagate(model, new Map()).get('y')?.value;
  return { ours, runtime: (await runModel(bytes, { unused: f32([0]) })).y };
}

describe('propagate() computes constants as the runtime does', () => {
  const integers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 6 });
  const divisors = fc.array(
    fc.integer({ min: -9, max: 9 }).filter((value) => value !== 0),
    { minLength: 6, maxLength: 6 },
  );

  it.each([
    ['Mod', { fmod: 0 }],
    ['Mod', { fmod: 1 }],
    ['Div', {}],
    ['Mul', {}],
    ['Sub', {}],
  ] as const)('%s %j on integers of both signs and widths', async (opType, values) => {
    await fc.assert(
      fc.asyncProperty(integers, divisors, fc.constantFrom(i32, int64), async (a, b, make) => {
        const { ours, runtime } = await bothValues(opType, [make(a), make(b)], values);
        expect(ours).toEqual(runtime);
      }),
      { numRuns: 8 },
    );
  });

  it.each(['Neg', 'Abs'])('%s on int64', async (opType) => {
    const { ours, runtime } = await bothValues(opType, [int64([-3, 0, 4])]);
    expect(ours).toEqual(runtime);
  });

  it.each([
    ['below', [2, undefined]],
    ['above', [undefined, 5]],
    ['on both sides', [2, 5]],
    ['nowhere', []],
  ] as const)('Clip %s, bounds being optional', async (_, [low, high]: readonly (number | undefined)[]) => {
    const bounds = [low, high].map((bound) => (bound === undefined ? undefined : f32([bound], [])));
    const { ours, runtime } = await bothValues('Clip', [f32([-1, 2.5, 9]), ...bounds]);
    expect(ours).toEqual(runtime);
  });

  it('leaves Clip with its bounds in attributes to the runtime', () => {
    const model = smallModel({ unused: [1] }, [['Clip', ['a'], ['y'], { min: { float: 0 } }]], {
      a: f32([-1]),
    });
    expect(propagate(model, new Map()).get('y')?.value).toBeUndefined();
  });

  it.each(['ReduceSum', 'ReduceProd', 'ReduceMax', 'ReduceMin'])('%s of all int64', async (opType) => {
    const { ours, runtime } = await bothValues(opType, [int64([3, -2, 7])], { keepdims: 0 });
    expect(ours).toEqual(runtime);
  });

  it.each([0.5, 1, 2])('Pow %d, as side lengths are computed', async (exponent) => {
    const { ours, runtime } = await bothValues('Pow', [f32([196, 49.5]), f32([exponent], [])]);
    expect(ours).toEqual(runtime);
  });

  it.each([-1, 0, 1])('OneHot with the new axis at %d', async (axis) => {
    const { ours, runtime } = await bothValues('OneHot', [int64([2, -1, 0]), int64([4], []), f32([5, 9])], {
      axis,
    });
    if (axis === 1 || axis === -1) expect(runtime.dims).toEqual([3, 4]);
    expect(ours).toEqual(runtime);
  });

  it('leaves an integer division by zero to the runtime', () => {
    const constants = { a: int64([7]), b: int64([0]) };
    const model = smallModel({ unused: [1] }, [['Mod', ['a', 'b'], ['y']]], constants);
    expect(propagate(model, new Map()).get('y')?.value).toBeUndefined();
  });
});
