import { describe, expect, it } from 'vitest';
import type { Model, Node } from '../../../../core/onnx/graph.ts';
import { attributes } from '../../../../core/onnx/attributes.ts';
import { makeNode } from '../../../../core/onnx/graph-edits.ts';
import { encodeModel } from '../../../../core/onnx/proto.ts';
import { outputRoles } from '../../../../core/onnx/score/output-roles.ts';
import { peelActivation } from '../../../../core/onnx/score/peel-activation.ts';
import { withColumns, withScoresOnly, withUnitLength } from '../../../../core/onnx/score/score-graph.ts';
import { float32, int64, type Tensor } from '../../../../core/tensor.ts';
import { ortSessions } from '../ort-sessions.ts';

const DIMS = new Map([['x', [1, 4]]]);
const WEIGHTS = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i + 1));

/** x [N, 4] through a linear layer to `raw` [N, 3], then the nodes. */
function model(
  nodes: readonly Node[],
  outputs: readonly string[],
  constants: readonly [string, Tensor][] = [],
): Model {
  return {
    irVersion: 8,
    opsets: new Map([['', 13]]),
    producer: '',
    metadata: new Map(),
    graph: {
      name: 'g',
      inputs: [{ name: 'x', type: 'float32', dims: ['N', 4] }],
      outputs: outputs.map((name) => ({ name, type: 'float32', dims: undefined })),
      nodes: [makeNode('MatMul', ['x', 'w'], ['raw']), ...nodes],
      initializers: new Map<string, Tensor>([['w', float32(WEIGHTS, [4, 3])], ...constants]),
      valueInfo: new Map(),
    },
  };
}

const axis = (value: number) => attributes({ axis: value });

async function run(own: Model): Promise<number[]> {
  const session = await ortSessions('all').open(encodeModel(own, { declareOutputs: false }));
  try {
    const output = await session.run({ x: float32(Float32Array.of(1, -2, 3, 0.5), [1, 4]) });
    return Array.from(Object.values(output)[0].data as Float32Array);
  } finally {
    await session.dispose();
  }
}

const ONE: [string, Tensor] = ['one', float32(Float32Array.of(1), [])];
const AXES: [string, Tensor] = ['axes', int64([1])];

const CONSTANT_ONE = makeNode(
  'Constant',
  [],
  ['c1'],
  new Map([['value', { type: 'tensor', value: ONE[1] }]]),
);

const ENDS: readonly (readonly [string, readonly Node[], string])[] = [
  ['softmax', [makeNode('Softmax', ['raw'], ['y'], axis(1))], 'softmax'],
  ['log-softmax', [makeNode('LogSoftmax', ['raw'], ['y'], axis(-1))], 'log-softmax'],
  [
    'log of a softmax',
    [makeNode('Softmax', ['raw'], ['p'], axis(1)), makeNode('Log', ['p'], ['y'])],
    'log-softmax',
  ],
  ['sigmoid, reshaped', [makeNode('Sigmoid', ['raw'], ['p']), makeNode('Flatten', ['p'], ['y'])], 'sigmoid'],
  [
    'softmax written out, with the largest subtracted',
    [
      makeNode('ReduceMax', ['raw'], ['m'], attributes({ axes: [1], keepdims: 1 })),
      makeNode('Sub', ['raw', 'm'], ['d']),
      makeNode('Exp', ['d'], ['e']),
      makeNode('ReduceSum', ['e', 'axes'], ['s'], attributes({ keepdims: 1 })),
      makeNode('Div', ['e', 's'], ['y']),
    ],
    'softmax',
  ],
  [
    'sigmoid written out',
    [
      makeNode('Neg', ['raw'], ['n']),
      makeNode('Exp', ['n'], ['e']),
      makeNode('Add', ['e', 'one'], ['q']),
      makeNode('Div', ['one', 'q'], ['y']),
    ],
    'sigmoid',
  ],
  [
    'sigmoid as torch writes 1 / (1 + exp(-x)), kept off 0 and 1',
    [
      CONSTANT_ONE,
      makeNode('Neg', ['raw'], ['n']),
      makeNode('Exp', ['n'], ['e']),
      makeNode('Add', ['e', 'c1'], ['q']),
      makeNode('Reciprocal', ['q'], ['r']),
      makeNode('Mul', ['r', 'c1'], ['m']),
      makeNode('Clip', ['m', 'low', 'high'], ['y']),
    ],
    'sigmoid',
  ],
  [
    'softmax in per cent',
    [makeNode('Softmax', ['raw'], ['p'], axis(1)), makeNode('Mul', ['hundred', 'p'], ['y'])],
    'softmax',
  ],
];

describe('peelActivation()', () => {
  it.each(ENDS)('takes off a %s, so that the raw scores remain', async (_, nodes, activation) => {
    const bounds: [string, Tensor][] = [
      ['low', float32(Float32Array.of(1e-7), [])],
      ['high', float32(Float32Array.of(1 - 1e-6), [])],
      ['hundred', float32(Float32Array.of(100), [])],
    ];
    const whole = model(nodes, ['y'], [ONE, AXES, ...bounds]);
    const [facts] = outputRoles(whole, DIMS);
    expect(facts).toMatchObject({ role: 'scores', activation, raw: 'raw', width: 3 });
    const peeled = withScoresOnly(whole, facts, { isPeeled: true, inputDims: DIMS });
    expect(await run(peeled)).toBeAllclose(await run(model([], ['raw'])), { atol: 0, rtol: 0 });
  });

  it('leaves a softmax inside the model, and one that something else reads', () => {
    const gate = [makeNode('Softmax', ['raw'], ['p'], axis(1)), makeNode('Mul', ['p', 'raw'], ['y'])];
    expect(peelActivation(model(gate, ['y']), new Map()).activation).toBe('none');
    const mean = [makeNode('Softmax', ['raw'], ['p'], axis(1)), makeNode('Add', ['p', 'p'], ['y'])];
    expect(peelActivation(model(mean, ['y']), new Map()).activation).toBe('none');
  });
});

describe('a probability whose activation cannot be taken off', () => {
  const part: [string, Tensor] = ['part', int64([1])];
  const cases: readonly (readonly [string, readonly Node[], (raw: readonly number[]) => number])[] = [
    [
      'one of a softmax',
      [makeNode('Softmax', ['raw'], ['p'], axis(1)), makeNode('Gather', ['p', 'part'], ['y'], axis(1))],
      (raw) => Math.exp(raw[1]) / raw.reduce((sum, z) => sum + Math.exp(z), 0),
    ],
    [
      'what one of several sigmoids leaves to 1',
      [
        makeNode('Sigmoid', ['raw'], ['p']),
        makeNode('Gather', ['p', 'part'], ['q'], axis(1)),
        makeNode('Sub', ['one', 'q'], ['y']),
      ],
      (raw) => 1 - 1 / (1 + Math.exp(-raw[1])),
    ],
  ];

  it.each(cases)('%s becomes its logit', async (_, nodes, share) => {
    const whole = model(nodes, ['y'], [ONE, part]);
    const [facts] = outputRoles(whole, DIMS);
    expect(facts).toMatchObject({ activation: 'sigmoid', width: 1 });
    const p = share(await run(model([], ['raw'])));
    const logit = await run(withScoresOnly(whole, facts, { isPeeled: true, inputDims: DIMS }));
    expect(logit).toBeAllclose([Math.log(p / (1 - p))], { atol: 1e-4 });
  });
});

describe('columns of scores', () => {
  it('are weighted sums of the raw scores', async () => {
    const [a, b, c] = await run(model([], ['raw']));
    const sums = withColumns(model([], ['raw']), [
      [1, 0, -1],
      [0, -1, 0],
    ]);
    expect(await run(sums)).toBeAllclose([a - c, -b], { atol: 1e-6 });
  });

  it('follow the raw scores where these decide', async () => {
    const [a, b, c] = await run(model([], ['raw']));
    const both = withColumns(model([], ['raw']), [[1, 0, -1]], { keepsRaw: true });
    expect(await run(both)).toBeAllclose([a, b, c, a - c], { atol: 1e-6 });
  });

  it.each([11, 13])('of vectors of length 1 are cosines (operator set %i)', async (opset) => {
    const raw = await run(model([], ['raw']));
    const length = Math.hypot(...raw);
    const own = { ...model([], ['raw']), opsets: new Map([['', opset]]) };
    expect(await run(withUnitLength(own))).toBeAllclose(
      raw.map((value) => value / length),
      { atol: 1e-6 },
    );
  });
});

describe('outputRoles()', () => {
  const rolesOf = (own: Model) => outputRoles(own, DIMS).map(({ name, role }) => [name, role]);

  it('tells coordinates by their name, also behind a sigmoid', () => {
    const own = model([makeNode('Sigmoid', ['raw'], ['bbox'])], ['bbox']);
    expect(rolesOf(own)).toEqual([['bbox', 'boxes']]);
  });

  it('tells a vector for comparing pictures by its length, its name, or that scores are computed from it', () => {
    const unit = [
      makeNode('ReduceL2', ['raw'], ['l'], attributes({ axes: [1], keepdims: 1 })),
      makeNode('Div', ['raw', 'l'], ['y']),
    ];
    expect(rolesOf(model(unit, ['y']))).toEqual([['y', 'embedding']]);
    const head: [string, Tensor] = ['head', float32(new Float32Array(6), [3, 2])];
    const inner = model([makeNode('MatMul', ['raw', 'head'], ['z'])], ['raw', 'z'], [head]);
    expect(rolesOf(inner)).toEqual([
      ['raw', 'embedding'],
      ['z', 'scores'],
    ]);
  });

  it('tells label ids, and boxes by their name', () => {
    const ids = makeNode('ArgMax', ['raw'], ['label'], attributes({ axis: 1, keepdims: 0 }));
    const boxes = makeNode('Relu', ['raw'], ['bbox_regression']);
    const found = outputRoles(model([ids, boxes], ['label', 'bbox_regression', 'raw']), DIMS);
    expect(found.map(({ role }) => role)).toEqual(['label ids', 'boxes', 'scores']);
    expect(found[0].reason).toContain('ArgMax');
  });

  it('tells the same scores, raw and as probabilities, by the tensor behind them', () => {
    const found = outputRoles(model([makeNode('Softmax', ['raw'], ['p'], axis(1))], ['raw', 'p']), DIMS);
    expect(found.map(({ raw }) => raw)).toEqual(['raw', 'raw']);
  });
});
