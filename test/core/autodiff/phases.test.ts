import { describe, expect, test } from 'vitest';
import { vjp } from '../../../core/autodiff/vjp.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { float32 } from '../../../core/tensor.ts';
import { randomTensor } from '../onnx/example-models.ts';
import { runModel } from '../onnx/ort-sessions.ts';
import type { ShortNode } from './graphs.ts';
import { smallModel } from './graphs.ts';

interface Chain {
  readonly title: string;
  readonly x: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly nodes: readonly ShortNode[];
}

const two = { strides: [2, 2] };

/** Networks in which cotangents come to an operator in phases; Sigmoid keeps them smooth. */
const CHAINS: readonly Chain[] = [
  {
    title: 'a pool behind a strided convolution of few channels',
    x: [2, 3, 17, 14],
    weights: { w: [4, 3, 3, 3] },
    nodes: [
      ['Conv', ['x', 'w'], ['c'], { ...two, pads: [1, 0, 1, 1] }],
      ['MaxPool', ['c'], ['y'], { kernel_shape: [3, 3], ...two }],
    ],
  },
  {
    title: 'strided convolutions of few channels behind one another, odd sizes, a dilation',
    x: [1, 2, 23, 16],
    weights: { w: [3, 2, 3, 2], u: [5, 3, 2, 3] },
    nodes: [
      ['Conv', ['x', 'w'], ['c'], { strides: [2, 3], dilations: [2, 1], pads: [2, 1, 0, 0] }],
      ['Conv', ['c', 'u'], ['y'], { strides: [3, 2], pads: [0, 1, 1, 1] }],
    ],
  },
  {
    title: 'masks and channel mixing, wider and narrower, before a strided convolution in groups',
    x: [2, 3, 9, 10],
    weights: { up: [8, 3, 1, 1], down: [9, 8, 1, 1], grouped: [6, 3, 3, 3] },
    nodes: [
      ['Conv', ['x', 'up'], ['wide']],
      ['Sigmoid', ['wide'], ['s']],
      ['Conv', ['s', 'down'], ['mixed']],
      ['Sigmoid', ['mixed'], ['t']],
      ['Conv', ['t', 'grouped'], ['y'], { ...two, group: 3, pads: [1, 1, 1, 1] }],
    ],
  },
  {
    title: 'two strided convolutions of one tensor, one of which skips positions',
    x: [1, 8, 9, 8],
    weights: { w: [8, 8, 3, 3], u: [8, 8, 1, 1] },
    nodes: [
      ['Sigmoid', ['x'], ['s']],
      ['Conv', ['s', 'w'], ['main'], { ...two, pads: [1, 1, 1, 1] }],
      ['Conv', ['s', 'u'], ['short'], two],
      ['Add', ['main', 'short'], ['y']],
    ],
  },
  {
    title: 'a strided and a plain convolution of one tensor',
    x: [1, 8, 9, 8],
    weights: { w: [8, 8, 3, 3], u: [8, 8, 3, 3] },
    nodes: [
      ['Sigmoid', ['x'], ['s']],
      ['Conv', ['s', 'w'], ['main'], { ...two, pads: [1, 1, 1, 1] }],
      ['Conv', ['s', 'u'], ['side'], { pads: [1, 1, 1, 1] }],
      ['MaxPool', ['side'], ['half'], { kernel_shape: [1, 2], strides: [2, 2], pads: [0, 0, 0, 1] }],
      ['Add', ['main', 'half'], ['y']],
    ],
  },
  {
    title: 'a stride beyond the kernel and beyond the size',
    x: [1, 8, 2, 13],
    weights: { w: [8, 8, 1, 2] },
    nodes: [['Conv', ['x', 'w'], ['y'], { strides: [3, 4], pads: [0, 0, 0, 1] }]],
  },
  {
    title: 'a pool behind joined branches',
    x: [2, 3, 11, 9],
    weights: { w: [4, 3, 1, 1], u: [6, 3, 3, 3], mix: [5, 10, 1, 1] },
    nodes: [
      ['Conv', ['x', 'w'], ['one']],
      ['Conv', ['x', 'u'], ['three'], { pads: [1, 1, 1, 1] }],
      ['Sigmoid', ['one'], ['a']],
      ['Sigmoid', ['three'], ['b']],
      ['Concat', ['a', 'b'], ['joined'], { axis: 1 }],
      ['MaxPool', ['joined'], ['pooled'], { kernel_shape: [3, 3], ...two, ceil_mode: 1 }],
      ['Conv', ['pooled', 'mix'], ['y']],
    ],
  },
  {
    title: 'a pool of volumes behind a strided convolution',
    x: [1, 2, 7, 6, 7],
    weights: { w: [3, 2, 2, 3, 3] },
    nodes: [
      ['Conv', ['x', 'w'], ['c'], { strides: [2, 1, 2], pads: [0, 1, 1, 1, 1, 1] }],
      ['MaxPool', ['c'], ['y'], { kernel_shape: [2, 3, 2], strides: [1, 2, 2] }],
    ],
  },
];

function modelOf({ x, weights, nodes }: Chain): Model {
  const shapes = Object.entries(weights);
  const constants = shapes.map(([name, dims], i) => [name, randomTensor(dims, i + 3)] as const);
  return smallModel({ x }, nodes, Object.fromEntries(constants));
}

const valuesOf = (tensor: Tensor) => tensor.data as Float32Array;

const moved = (x: Tensor<'float32'>, direction: Float32Array, step: number) =>
  float32(
    x.data.map((value, i) => value + step * direction[i]),
    x.dims,
  );

const dot = (a: Float32Array, b: ArrayLike<number>) => a.reduce((sum, value, i) => sum + value * b[i], 0);

describe('cotangents in phases', () => {
  test.each(CHAINS.map((chain) => [chain.title, chain] as const))(
    '%s: the gradient agrees with differences',
    async (_, chain) => {
      const model = modelOf(chain);
      const x = randomTensor(chain.x, 1);
      const backward = vjp(model, { from: 'x', to: 'y', inputDims: new Map(), cotangents: 'single' });
      const v = randomTensor(backward.aDims, 2);
      const gx = valuesOf((await runModel(backward.model, { x, v })).gx);
      // Small, so that hardly a window changes its winner on the way.
      const step = 2 ** -11;
      const sides = await Promise.all(
        [11, 12, 13].map(async (seed) => {
          const direction = randomTensor(chain.x, seed).data;
          const at = async (h: number) => valuesOf((await runModel(model, { x: moved(x, direction, h) })).y);
          const [up, down] = [await at(step), await at(-step)];
          const slope = up.map((value, i) => (value - down[i]) / (2 * step));
          return { got: dot(gx, direction), want: dot(slope, v.data) };
        }),
      );
      expect(sides.map(({ got }) => got)).toBeCloseInNorm(
        sides.map(({ want }) => want),
        2e-3,
      );
    },
  );

  test('no transposed convolution and no scattering is left in the backward graph of a strided network', () => {
    const ops = CHAINS.flatMap((chain) =>
      vjp(modelOf(chain), { from: 'x', to: 'y', inputDims: new Map() }).model.graph.nodes.map(
        ({ opType }) => opType,
      ),
    );
    expect(ops).not.toContain('ConvTranspose');
    expect(ops).not.toContain('ScatterElements');
  });
});
