import { describe, expect, it } from 'vitest';
import { vjp } from '../../../../core/autodiff/vjp.ts';
import type { Model } from '../../../../core/onnx/graph.ts';
import { elementTypeCode } from '../../../../core/onnx/element-types.ts';
import { halfToNumber, toFloat32 } from '../../../../core/onnx/half-floats.ts';
import { prepareModel } from '../../../../core/onnx/prepare/prepare-model.ts';
import { float32, int64, type ElementType, type Tensor } from '../../../../core/tensor.ts';
import { smallModel, type ShortNode } from '../../autodiff/graphs.ts';
import { runModel } from '../ort-sessions.ts';

const half = (bits: readonly number[], dims: readonly number[] = [bits.length]): Tensor => ({
  type: 'float16',
  dims,
  data: Uint16Array.from(bits),
});
const doubles = (values: readonly number[], dims: readonly number[] = [values.length]): Tensor => ({
  type: 'float64',
  dims,
  data: Float64Array.from(values),
});
const to = (type: ElementType) => ({ to: elementTypeCode(type) });
const typesIn = ({ graph }: Model) => [
  ...graph.inputs.map(({ type }) => type),
  ...graph.outputs.map(({ type }) => type),
  ...[...graph.initializers.values()].map(({ type }) => type),
];
const withOutputType = (model: Model, type: ElementType): Model => ({
  ...model,
  graph: { ...model.graph, outputs: model.graph.outputs.map((info) => ({ ...info, type })) },
});

describe('floats of other widths', () => {
  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x0400, 2 ** -14],
    [0x8000, -0],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ])('reads the half-precision pattern %i as %f', (bits, value) => {
    expect(halfToNumber(bits)).toBe(value);
  });

  it('reads bfloat16 as the upper half of a float32', () => {
    const tensor: Tensor = { type: 'bfloat16', dims: [3], data: Uint16Array.of(0x3f80, 0xc000, 0x4049) };
    expect([...(toFloat32(tensor).data as Float32Array)]).toEqual([1, -2, 3.140625]);
  });

  it('are float32 at the border, in constants and in casts', async () => {
    const nodes: ShortNode[] = [
      ['Cast', ['x'], ['h'], to('float16')],
      ['Mul', ['h', 'w'], ['p']],
      ['Cast', ['p'], ['out'], to('float16')],
    ];
    const file = withOutputType(
      smallModel({ x: { type: 'float16', dims: [2] } }, nodes, { w: half([0x3c00, 0xc000]) }),
      'float16',
    );
    const model = prepareModel(file);
    expect(new Set(typesIn(model))).toEqual(new Set(['float32']));
    const x = float32(Float32Array.of(1.00001, 3), [2]);
    expect([...((await runModel(model, { x }))['out'].data as Float32Array)]).toEqual([
      Math.fround(1.00001),
      -6,
    ]);
  });

  it('keeps double precision where sizes are worked out, which decides on rounding', () => {
    // 49 · (1 / 49) is 0.98… in float32 arithmetic of some orders; floor() of it is a size.
    const nodes: ShortNode[] = [
      ['Shape', ['x'], ['s']],
      ['Cast', ['s'], ['d'], to('float64')],
      ['Mul', ['d', 'third'], ['e']],
      ['Floor', ['e'], ['f']],
      ['Cast', ['f'], ['n'], to('int64')],
      ['Expand', ['one', 'n'], ['o']],
      ['Cast', ['x'], ['y'], to('float64')],
      ['Mul', ['y', 'third'], ['z']],
      ['ReduceSum', ['z'], ['total'], { keepdims: 0 }],
      ['Cast', ['total'], ['t'], to('float32')],
      ['Mul', ['o', 't'], ['out']],
    ];
    const constants = { third: doubles([1 / 3], []), one: float32(Float32Array.of(1), [1]) };
    const { graph } = prepareModel(smallModel({ x: [6] }, nodes, constants));
    const node = (output: string) => graph.nodes.find(({ outputs }) => outputs[0] === output)!;
    expect(node('d').attributes.get('to')?.value).toBe(elementTypeCode('float64'));
    expect(node('y').attributes.get('to')?.value).toBe(elementTypeCode('float32'));
    expect(graph.initializers.get(node('e').inputs[1])?.type).toBe('float64');
    expect(graph.initializers.get(node('z').inputs[1])?.type).toBe('float32');
  });
});

describe('integer pixels', () => {
  const pixels = (nodes: readonly ShortNode[], constants: Readonly<Record<string, Tensor>> = {}) =>
    smallModel({ x: { type: 'uint8', dims: [1, 2, 2, 3] } }, nodes, constants, 13);
  const levels = Uint8Array.from({ length: 12 }, (_, i) => i * 20);

  async function bothWays(file: Model) {
    const model = prepareModel(file);
    expect(model.graph.inputs[0].type).toBe('float32');
    const dims = [1, 2, 2, 3];
    const got = await runModel(model, { x: float32(Float32Array.from(levels), dims) });
    const want = await runModel(file, { x: { type: 'uint8', dims, data: levels } });
    expect(got['out'].data).toEqual(want['out'].data);
    return model;
  }

  it.each<[string, readonly ShortNode[], Record<string, Tensor>]>([
    ['are cast', [['Cast', ['x'], ['out'], to('float32')]], {}],
    [
      'are moved first',
      [
        ['Transpose', ['x'], ['t'], { perm: [0, 3, 1, 2] }],
        ['Cast', ['t'], ['out'], to('float32')],
      ],
      {},
    ],
    [
      'are widened, and a level is taken away',
      [
        ['Cast', ['x'], ['i'], to('int32')],
        ['Sub', ['i', 'k'], ['d']],
        ['Cast', ['d'], ['out'], to('float32')],
      ],
      { k: { type: 'int32', dims: [], data: Int32Array.of(128) } },
    ],
    [
      'are dequantised',
      [['DequantizeLinear', ['x', 's', 'z'], ['out']]],
      {
        s: float32(Float32Array.of(0.5), []),
        z: { type: 'uint8', dims: [], data: Uint8Array.of(100) },
      },
    ],
  ])('%s: the same numbers, and a gradient', async (_, nodes, constants) => {
    const model = await bothWays(pixels(nodes, constants));
    const dims = new Map([['x', [1, 2, 2, 3]]]);
    expect(() => vjp(model, { from: 'x', to: 'out', inputDims: dims })).not.toThrow();
  });

  it('are integers again for what takes nothing else: the same numbers, no gradient', async () => {
    const nodes: ShortNode[] = [
      ['Cast', ['x'], ['i'], to('int32')],
      ['Div', ['i', 'k'], ['d']],
      ['Cast', ['d'], ['out'], to('float32')],
    ];
    const model = await bothWays(pixels(nodes, { k: { type: 'int32', dims: [], data: Int32Array.of(7) } }));
    const dims = new Map([['x', [1, 2, 2, 3]]]);
    expect(() => vjp(model, { from: 'x', to: 'out', inputDims: dims })).toThrow('only through integers');
  });
});

describe('what a file says', () => {
  const relu = (dims: readonly number[], opset = 17) =>
    smallModel({ x: dims }, [['Relu', ['x'], ['out']]], {}, opset);

  it('opens sizes of -1 and 0, the batch by name', () => {
    expect(prepareModel(relu([-1, 3, 0, -1])).graph.inputs[0].dims).toEqual([
      'batch',
      3,
      undefined,
      undefined,
    ]);
    expect(prepareModel(relu([0, 3, 8, 8])).graph.inputs[0].dims).toEqual(['batch', 3, 8, 8]);
  });

  it.each([7, 17, 23, 24])('takes operator set %i', (opset) => {
    expect(prepareModel(relu([1, 3, 8, 8], opset)).opsets.get('')).toBe(opset);
  });

  it.each([6, 25])('refuses operator set %i', (opset) => {
    expect(() => prepareModel(relu([1, 3, 8, 8], opset))).toThrow(
      `The model uses operator set ${opset}; supported are 7 to 24.`,
    );
  });

  it.each([
    ['com.microsoft', 'QAttention', 'quantised by ONNX Runtime'],
    ['com.microsoft', 'FusedConv', 'fused these when it optimised'],
    ['com.microsoft.nchwc', 'Conv', 'fused these when it optimised'],
    ['ai.onnx.ml', 'TreeEnsembleClassifier', 'trees, tables or text'],
    ['org.pytorch.aten', 'ATen', 'torch could not write these'],
    ['mmdeploy', 'MMCVRoiAlign', 'a deployment tool'],
    ['acme', 'Thing', 'operators of its own'],
  ])('refuses %s.%s with a hint that fits', (domain, opType, hint) => {
    const file = smallModel({ x: [1, 3, 8, 8] }, [[opType, ['x'], ['out'], {}, domain]]);
    expect(() => prepareModel(file)).toThrow(
      expect.objectContaining({
        message: `The model uses operators that are not standard ONNX: ${domain}.${opType}.`,
        hint: expect.stringContaining(hint) as string,
      }),
    );
  });
});

describe('branches', () => {
  /** A graph inside an If: it captures x of the graph around it. */
  const branch = (opType: string, output: string) => {
    const { graph } = smallModel({}, [
      [opType, ['x'], ['inner']],
      ['Identity', ['inner'], [output]],
    ]);
    return { ...graph, inputs: [] };
  };
  function choosing(
    conditionNodes: readonly ShortNode[],
    constants: Record<string, Tensor>,
    dims = [2, 3],
  ): Model {
    const model = smallModel(
      { x: dims },
      [...conditionNodes, ['If', ['c'], ['y']], ['Neg', ['y'], ['out']]],
      constants,
    );
    const nodes = model.graph.nodes.map((node) =>
      node.opType === 'If'
        ? {
            ...node,
            attributes: new Map([
              ['then_branch', { type: 'graph', value: branch('Relu', 'a') } as const],
              ['else_branch', { type: 'graph', value: branch('Abs', 'b') } as const],
            ]),
          }
        : node,
    );
    return { ...model, graph: { ...model.graph, nodes } };
  }
  const flag = (value: number): Tensor => ({ type: 'bool', dims: [], data: Uint8Array.of(value) });
  const x = float32(Float32Array.of(-1, 2, -3, 4, -5, 6), [2, 3]);

  it.each([
    [1, 'Relu'],
    [0, 'Abs'],
  ])('on the constant %i give way to the one that is taken', async (value, opType) => {
    const file = choosing([], { c: flag(value) });
    const model = prepareModel(file);
    expect(model.graph.nodes.map((node) => node.opType)).toEqual([opType, 'Identity', 'Neg']);
    expect((await runModel(model, { x }))['out'].data).toEqual((await runModel(file, { x }))['out'].data);
  });

  it('on a size give way once the size is known', () => {
    const nodes: ShortNode[] = [
      ['Shape', ['x'], ['s']],
      ['Gather', ['s', 'one'], ['n']],
      ['Equal', ['n', 'three'], ['c']],
    ];
    const constants = { one: int64([1], []), three: int64([3], []) };
    expect(prepareModel(choosing(nodes, constants)).graph.nodes.map(({ opType }) => opType)).toContain(
      'Relu',
    );
    expect(
      prepareModel(choosing(nodes, constants, [2, -1])).graph.nodes.map(({ opType }) => opType),
    ).toContain('If');
  });
});
