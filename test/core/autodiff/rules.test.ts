import { describe, expect, test } from 'vitest';
import { attributes } from '../../../core/onnx/attributes.ts';
import { RULE_FAMILIES } from '../../../core/autodiff/registry.ts';
import { vjp } from '../../../core/autodiff/vjp.ts';
import type { Attribute, Model, Node, ValueInfo } from '../../../core/onnx/graph.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import type { Session } from '../../../core/platform.ts';
import { createRandom } from '../../../core/random.ts';
import type { Random } from '../../../core/random.ts';
import { sizeOf } from '../../../core/tensor.ts';
import type { ElementType, Tensor } from '../../../core/tensor.ts';
import { ortSessions } from '../onnx/ort-sessions.ts';
import { RULE_CASES } from './rule-cases.ts';
import type { RuleCase } from './rule-case.ts';

/** float32 differences with Richardson's correction reach 1e-4; a wrong formula, border or index is off by 1e-2 or more. */
const RTOL: Partial<Record<ElementType, number>> = { float32: 5e-4, float64: 1e-6 };
const COTANGENTS = 2;
const DIRECTIONS = 3;

type Values = Tensor<'float32'> | Tensor<'float64'>;

function floatsOf(type: ElementType, dims: readonly number[], value: (i: number) => number): Values {
  const length = sizeOf(dims);
  return type === 'float64'
    ? { type, dims, data: Float64Array.from({ length }, (_, i) => value(i)) }
    : { type: 'float32', dims, data: Float32Array.from({ length }, (_, i) => value(i)) };
}

/** Distinct values half-way between multiples of 1/spacing (an even number): far from ties and from kinks at halves. */
function spread(
  { type = 'float32', above }: RuleCase,
  dims: readonly number[],
  random: Random,
  shift: number,
): Values {
  const size = sizeOf(dims);
  const spacing = spacingOf(size);
  const order = shuffled(size, random);
  return floatsOf(type, dims, (i) =>
    above === undefined
      ? (order[i] - Math.floor(size / 2) + 0.5 + shift) / spacing
      : above + (order[i] + 0.5 + shift) / spacing,
  );
}

const spacingOf = (size: number) => 2 * Math.ceil(size / 10);

function shuffled(size: number, random: Random): number[] {
  const keys = Array.from({ length: size }, () => random.normal());
  return [...keys.keys()].sort((p, q) => keys[p] - keys[q]);
}

function attributesOf({ attributes: given = {} }: RuleCase): ReadonlyMap<string, Attribute> {
  return new Map(
    Object.entries(given).flatMap(([name, value]): [string, Attribute][] =>
      typeof value === 'object' && 'floats' in value
        ? [[name, { type: 'floats', value: value.floats }]]
        : [...attributes({ [name]: value })],
    ),
  );
}

/** The operator alone, as a model whose only input is the one to differentiate by. */
function modelOf(item: RuleCase, by: number, values: readonly (Tensor | '')[]): Model {
  const names = values.map((value, i) => (value === '' ? '' : `in${i}`));
  const outputs = Array.from({ length: item.outputs ?? 1 }, (_, i) => `out${i}`);
  const x = values[by] as Values;
  const node: Node = {
    name: 'node',
    opType: item.op,
    domain: '',
    inputs: names,
    outputs,
    attributes: attributesOf(item),
  };
  const info = (name: string, dims: readonly number[] | undefined): ValueInfo => ({
    name,
    type: x.type,
    dims,
  });
  const constants = values.flatMap((value, i): [string, Tensor][] =>
    value === '' || i === by ? [] : [[`in${i}`, value]],
  );
  return {
    irVersion: 8,
    opsets: new Map([['', item.opset ?? 17]]),
    producer: 'test',
    metadata: new Map(),
    graph: {
      name: 'case',
      inputs: [info(`in${by}`, x.dims)],
      outputs: outputs.map((name) => info(name, undefined)),
      nodes: [node],
      initializers: new Map(constants),
      valueInfo: new Map(),
    },
  };
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>, offset = 0) => {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[offset + i] * b[i];
  return sum;
};

async function withSession<T>(model: Model, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await ortSessions('all').open(encodeModel(model, { declareOutputs: false }));
  try {
    return await use(session);
  } finally {
    await session.dispose();
  }
}

/** J δ for several directions, by central differences with step h and h/2, extrapolated. */
async function differences(
  session: Session,
  name: string,
  output: string,
  x: Values,
  directions: readonly Values[],
): Promise<Float64Array[]> {
  const at = async (direction: Values, h: number): Promise<ArrayLike<number>> => {
    const moved = floatsOf(x.type, x.dims, (i) => x.data[i] + h * direction.data[i]);
    return (await session.run({ [name]: moved }))[output].data as Float32Array;
  };
  // Exactly representable differences matter in float32, so the step is a power of two below the spacing.
  const h = x.type === 'float64' ? 2 ** -10 : 2 ** Math.floor(Math.log2(0.4 / spacingOf(x.data.length)));
  const slope = async (direction: Values, step: number) => {
    const [up, down] = [await at(direction, step), await at(direction, -step)];
    return Float64Array.from(up, (value, i) => (value - down[i]) / (2 * step));
  };
  const results: Float64Array[] = [];
  for (const direction of directions) {
    const [coarse, fine] = [await slope(direction, h), await slope(direction, h / 2)];
    results.push(fine.map((value, i) => (4 * value - coarse[i]) / 3));
  }
  return results;
}

/** Both sides of ⟨v, J δ⟩ = ⟨Jᵀ v, δ⟩ for all pairs of cotangents and directions. */
async function bothSides(item: RuleCase, by: number, of: number): Promise<{ got: number[]; want: number[] }> {
  const random = createRandom(1 + by);
  const values = item.inputs.map((given, i) =>
    // Operands of a comparison must not tie with each other: each gets its own shift off the grid.
    given === '' || 'type' in given ? given : spread(item, given, random, i / 8),
  );
  const x = values[by] as Values;
  const name = `in${by}`;
  const model = modelOf(item, by, values);
  const backward = vjp(model, { from: name, to: `out${of}`, inputDims: new Map([[name, x.dims]]) });
  const unit = () => 2 * random.uniform() - 1;
  const directions = Array.from({ length: DIRECTIONS }, () =>
    floatsOf(x.type, x.dims, () => Math.fround(unit())),
  );
  const type = item.attributes?.['to'] === 11 ? 'float64' : x.type;
  const v = floatsOf(type, [COTANGENTS, ...backward.aDims], unit);
  const slopes = await withSession(model, (session) => differences(session, name, `out${of}`, x, directions));
  const gx = await withSession(backward.model, async (session) => (await session.run({ [name]: x, v })).gx);
  expect(gx.dims).toEqual([COTANGENTS, ...x.dims]);
  const pairs = Array.from({ length: COTANGENTS }, (_, k) =>
    directions.map((direction, j) => ({ k, direction, j })),
  ).flat();
  return {
    got: pairs.map(({ k, direction }) => dot(gx.data as Float32Array, direction.data, k * x.data.length)),
    want: pairs.map(({ k, j }) => dot(v.data, slopes[j], k * sizeOf(backward.aDims))),
  };
}

function title({ op, opset = 17, attributes: given, inputs }: RuleCase): string {
  const shapes = inputs.map((value) =>
    value === '' ? '-' : 'type' in value ? `const[${value.dims.join()}]` : `[${value.join()}]`,
  );
  return `${op}-${opset} of ${shapes.join(' ')} ${given === undefined ? '' : JSON.stringify(given)}`;
}

describe('every rule agrees with central differences of its operator', () => {
  const cases = Object.values(RULE_CASES)
    .flat()
    .map((item) => [title(item), item] as const);
  test.each(cases)('%s', async (_, item) => {
    for (const by of item.by ?? [0])
      for (const of of item.of ?? [0]) {
        const { got, want } = await bothSides(item, by, of);
        expect(got).toBeCloseInNorm(want, RTOL[item.type ?? 'float32'] ?? 0);
      }
  });

  test.each(Object.entries(RULE_FAMILIES))('no rule of the family %s is without a case', (family, rules) => {
    const tested = new Set(RULE_CASES[family]?.map(({ op }) => op));
    expect(Object.keys(rules).filter((op) => !tested.has(op))).toEqual([]);
  });
});
