import type { LayerRecord } from '../concepts/explanation.ts';
import { channelsOf } from '../concepts/latent-rows.ts';
import { BugError } from '../errors.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrixTensor } from '../linalg/matrix-tensor.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { attributes } from '../onnx/attributes.ts';
import { elementTypeCode } from '../onnx/element-types.ts';
import type { Node } from '../onnx/graph.ts';
import { makeNode } from '../onnx/graph-edits.ts';
import { float32, int64, type ElementType, type Tensor } from '../tensor.ts';
import { codeIteration } from './code-iteration.ts';

/** Nodes in order, and their constants, to be added to a graph. */
export interface GraphPart {
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** The tensor that they make. */
  readonly output: string;
}

/** Where activations lie in the graph that a part is made for. */
export interface ActivationSite {
  /** Layout of the activations; sizes other than the batch are those of `shape`. */
  readonly layer: LayerRecord;
  /** Element type of the activations in that graph. @default 'float32' */
  readonly type?: ElementType;
  /** Names that nothing in the graph has (`freshNames`). */
  readonly fresh: (stem: string) => string;
}

/** Collects the nodes of one part. Operators are those that mean the same in operator sets 7 to 24. */
class PartBuilder {
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, Tensor>();
  readonly #fresh: (stem: string) => string;
  readonly #stem: string;

  constructor(fresh: (stem: string) => string, stem: string) {
    this.#fresh = fresh;
    this.#stem = stem;
  }

  constant(what: string, tensor: Tensor): string {
    const name = this.#fresh(`${this.#stem}/${what}`);
    this.initializers.set(name, tensor);
    return name;
  }

  add(
    what: string,
    opType: string,
    inputs: readonly string[],
    values: Parameters<typeof attributes>[0] = {},
  ) {
    const name = this.#fresh(`${this.#stem}/${what}`);
    this.nodes.push(makeNode(opType, inputs, [name], attributes(values)));
    return name;
  }

  reshape(what: string, input: string, dims: readonly number[]): string {
    return this.add(what, 'Reshape', [input, this.constant(`${what}_shape`, int64(dims))]);
  }

  cast(what: string, input: string, from: ElementType, to: ElementType): string {
    return from === to ? input : this.add(what, 'Cast', [input], { to: elementTypeCode(to) });
  }

  part(output: string): GraphPart {
    return { nodes: this.nodes, initializers: this.initializers, output };
  }
}

/** Axes of a layer in the order of rows: the channels last. */
function channelsLast({ shape, channelAxis }: LayerRecord): readonly number[] {
  return [...shape.keys()].filter((axis) => axis !== channelAxis).concat(channelAxis);
}

/**
 * Nodes that compute the non-negative codes of activations in a bank: `output` is float32 [n · positions, r], rows as
 * `toRows` has them (images one after another, positions row-major), columns in the order of the bank.
 *
 * `tensor` holds activations [n, …] in the layout of `layer` (NCHW, NHWC, [n, T, C], [n, C]); how many `steps` are enough
 * tells `chooseSteps`. Two nodes a step (Abs, Gemm), about five before and one or two after; all are computed in float32.
 * Source: see core/editing/code-iteration.ts. Throws TesseraError 'bad-usage' for a sparse bank.
 */
export function codeGraph(tensor: string, bank: CodedBank, steps: number, site: ActivationSite): GraphPart {
  const { layer, type = 'float32', fresh } = site;
  if (channelsOf(layer) !== bank.cols)
    throw new BugError(`codeGraph: a bank of ${bank.cols} channels at ${layer.tensor}`);
  const { input, start, step, scale } = codeIteration(bank);
  const builder = new PartBuilder(fresh, `${tensor}/codes`);
  const activations = builder.cast('float32', tensor, type, 'float32');
  const c = projectedRows(builder, activations, input, layer);
  let z = builder.add('start', 'MatMul', [c, builder.constant('start_matrix', matrixTensor(start))]);
  const matrixName = builder.constant('step_matrix', matrixTensor(step));
  for (let k = 1; k <= steps; k++)
    z = builder.add(`step${k}`, 'Gemm', [builder.add(`abs${k}`, 'Abs', [z]), matrixName, c]);
  const codes = builder.add('amounts', 'Relu', [z]);
  if (scale.every((value) => Math.abs(value - 1) < 1e-6)) return builder.part(codes);
  return builder.part(
    builder.add('scaled', 'Mul', [codes, builder.constant('scale', float32(scale, [1, scale.length]))]),
  );
}

/** Activations times a matrix [p, r], as rows [n · positions, r]: channels are summed where they lie, and only the r sums are moved. */
function projectedRows(
  builder: PartBuilder,
  activations: string,
  { rows: p, cols: r, data }: Matrix,
  layer: LayerRecord,
): string {
  const { shape, channelAxis } = layer;
  if (channelAxis === shape.length - 1) {
    const product = builder.add('input', 'MatMul', [
      activations,
      builder.constant('input_matrix', float32(data, [p, r])),
    ]);
    return shape.length === 2 ? product : builder.reshape('rows', product, [-1, r]);
  }
  if (shape.length !== 4 || channelAxis !== 1)
    throw new BugError(`codeGraph: layout [${shape.join(', ')}] with channels at ${channelAxis}`);
  const kernel = float32(
    Float32Array.from(data, (_, at) => data[(at % p) * r + Math.floor(at / p)]),
    [r, p, 1, 1],
  );
  const summed = builder.add('input', 'Conv', [activations, builder.constant('input_kernel', kernel)], {
    kernel_shape: [1, 1],
  });
  const moved = builder.add('moved', 'Transpose', [summed], { perm: [0, 2, 3, 1] });
  return builder.reshape('rows', moved, [-1, r]);
}

/**
 * Nodes that bring rows [n · positions, p] (float32) back to the layout and the element type of the activations: `output` is
 * [n, …] as the layer has it. The inverse of `toRows`, as `fromRows` is.
 */
export function layoutGraph(rows: string, { layer, type = 'float32', fresh }: ActivationSite): GraphPart {
  const builder = new PartBuilder(fresh, `${rows}/layout`);
  const order = channelsLast(layer);
  const isMoved = order.some((axis, at) => axis !== at);
  const shaped =
    layer.shape.length === 2
      ? rows
      : builder.reshape('shaped', rows, [-1, ...order.slice(1).map((axis) => layer.shape[axis])]);
  const placed = isMoved
    ? builder.add('placed', 'Transpose', [shaped], {
        perm: layer.shape.map((_, axis) => order.indexOf(axis)),
      })
    : shaped;
  return builder.part(builder.cast('typed', placed, 'float32', type));
}
