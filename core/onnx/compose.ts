import { float32, int64 } from '../tensor.ts';
import { BugError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import type { Attribute, Model, Node, ValueInfo } from './graph.ts';
import { freshNames, makeNode, withGraph } from './graph-edits.ts';
import { layoutOf } from './image-input.ts';

/**
 * The matrix [to, from] of bilinear interpolation along one axis: pixel centres aligned ("half_pixel"), edges
 * repeated, as torch's interpolate(align_corners=False, antialias=False) and ONNX Resize (mode linear).
 */
function interpolationMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let row = 0; row < to; row++) {
    const centre = Math.min(Math.max(((row + 0.5) * from) / to - 0.5, 0), from - 1);
    const left = Math.floor(centre);
    const right = Math.min(left + 1, from - 1);
    matrix[row * from + left] += 1 - (centre - left);
    matrix[row * from + right] += centre - left;
  }
  return matrix;
}

function transposed(matrix: Float32Array, rows: number, cols: number): Float32Array {
  return Float32Array.from(matrix, (_, index) => matrix[(index % rows) * cols + Math.floor(index / rows)]);
}

interface Resize {
  readonly nodes: readonly Node[];
  readonly initializers: readonly (readonly [string, Tensor])[];
}
type Size = readonly [height: number, width: number];

function resizeNchw(input: string, output: string, from: Size, to: Size): Resize {
  const [rows, cols, half] = ['rows', 'cols', 'half'].map((part) => `${output}/${part}`);
  return {
    nodes: [makeNode('MatMul', [input, cols], [half]), makeNode('MatMul', [rows, half], [output])],
    initializers: [
      [cols, float32(transposed(interpolationMatrix(from[1], to[1]), to[1], from[1]), [from[1], to[1]])],
      [rows, float32(interpolationMatrix(from[0], to[0]), [to[0], from[0]])],
    ],
  };
}

function resizeNhwc(input: string, output: string, from: Size, to: Size, channels: number): Resize {
  const parts = ['rows', 'cols', 'flatTarget', 'flat', 'tall', 'imageTarget', 'image'];
  const [rows, cols, flatTarget, flat, tall, imageTarget, image] = parts.map((part) => `${output}/${part}`);
  return {
    nodes: [
      makeNode('Reshape', [input, flatTarget], [flat]),
      makeNode('MatMul', [rows, flat], [tall]),
      makeNode('Reshape', [tall, imageTarget], [image]),
      makeNode('MatMul', [cols, image], [output]),
    ],
    initializers: [
      [flatTarget, int64([-1, from[0], from[1] * channels])],
      [imageTarget, int64([-1, to[0], from[1], channels])],
      [rows, float32(interpolationMatrix(from[0], to[0]), [to[0], from[0]])],
      [cols, float32(interpolationMatrix(from[1], to[1]), [to[1], from[1]])],
    ],
  };
}

function imageSize({ dims = [] }: ValueInfo, isNchw: boolean, to: Size | undefined): Size {
  const [height, width] = isNchw ? dims.slice(2) : dims.slice(1, 3);
  if (to) return to;
  if (typeof height === 'number' && typeof width === 'number') return [height, width];
  throw new BugError('withInputResize: the model takes any size, so the size to resize to must be given');
}

/**
 * Prepends a bilinear resize, so that pictures [B, C, h, w] (or [B, h, w, C], as the model's layout) of the size
 * `from` feed a model of another size. The input keeps its name.
 *
 * Written as two products with constant interpolation matrices: exact at every opset and on every device, where
 * ONNX Resize knows half_pixel only from opset 11. `to` is the model's own size unless that is free.
 */
export function withInputResize(model: Model, from: Size, to?: Size): Model {
  const [input] = model.graph.inputs;
  const isNchw = layoutOf(model, input) === 'NCHW';
  const target = imageSize(input, isNchw, to);
  if (from[0] === target[0] && from[1] === target[1]) return model;
  const resized = freshNames(model)(`${input.name}/resized`);
  const dims = input.dims ?? [];
  const channels = isNchw ? dims[1] : dims[3];
  const resize = isNchw
    ? resizeNchw(input.name, resized, from, target)
    : resizeNhwc(input.name, resized, from, target, Number(channels));
  const rewired = model.graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === input.name ? resized : name)),
  }));
  const small = isNchw ? [dims[0], channels, ...from] : [dims[0], ...from, channels];
  return withGraph(model, {
    inputs: [{ ...input, dims: small }],
    nodes: [...resize.nodes, ...rewired],
    initializers: new Map([...model.graph.initializers, ...resize.initializers]),
    valueInfo: new Map(),
  });
}

/**
 * Makes the mean of a tensor over some axes (spatial or tokens) the only output, called `TENSOR/pooled`: [B, C].
 */
export function withMeanPool(model: Model, tensor: string, axes: readonly number[]): Model {
  const fresh = freshNames(model);
  const pooled = fresh(`${tensor}/pooled`);
  const axesName = fresh(`${pooled}/axes`);
  const attributes = new Map<string, Attribute>([['keepdims', { type: 'int', value: 0 }]]);
  // From opset 18 the axes are an input.
  const asInput = (model.opsets.get('') ?? 1) >= 18;
  if (!asInput) attributes.set('axes', { type: 'ints', value: axes });
  const node = makeNode('ReduceMean', asInput ? [tensor, axesName] : [tensor], [pooled], attributes);
  return withGraph(model, {
    outputs: [{ name: pooled, type: 'float32', dims: undefined }],
    nodes: [...model.graph.nodes, node],
    initializers: new Map([...model.graph.initializers, [axesName, int64(axes)]]),
  });
}

/** Makes the named tensors the outputs; what none of them needs is removed. */
export function withOutputs(model: Model, names: readonly string[]): Model {
  const { graph } = model;
  const known = new Map(
    [...graph.valueInfo.values(), ...graph.inputs, ...graph.outputs].map((info) => [info.name, info]),
  );
  return withGraph(model, {
    outputs: names.map((name) => known.get(name) ?? { name, type: 'float32', dims: undefined }),
  });
}
