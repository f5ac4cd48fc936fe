import type { LayerRecord } from '../concepts/explanation.ts';
import { channelsOf } from '../concepts/latent-rows.ts';
import { BugError } from '../errors.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrixTensor } from '../linalg/matrix-tensor.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { float32, type ElementType } from '../tensor.ts';
import { codeIteration } from './code-iteration.ts';
import { PartBuilder, type GraphPart } from './part-builder.ts';

/** The part that computes codes. */
export interface CodeGraph extends GraphPart {
  /** Activations in float32, in their own layout. */
  readonly activations: string;
  /** A·`CodeIteration.input`, [n · positions, r]. */
  readonly projected: string;
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

/**
 * Nodes that compute the non-negative codes of activations in a bank: `output` is float32 [n · positions, r], rows as
 * `toRows` has them (images one after another, positions row-major), columns in the order of the bank.
 *
 * `tensor` holds activations [n, …] in the layout of `layer` (NCHW, NHWC, [n, T, C], [n, C]); how many `steps` are enough
 * tells `chooseSteps`. Two nodes a step (Abs, Gemm), about five before and one or two after; all are computed in float32.
 * Source: see core/editing/code-iteration.ts. Throws TesseraError 'bad-usage' for a sparse bank.
 */
export function codeGraph(tensor: string, bank: CodedBank, steps: number, site: ActivationSite): CodeGraph {
  const { layer, type = 'float32', fresh } = site;
  if (channelsOf(layer) !== bank.cols)
    throw new BugError(`codeGraph: a bank of ${bank.cols} channels at ${layer.tensor}`);
  const { input, start, step, scale } = codeIteration(bank);
  const builder = new PartBuilder(fresh, `${tensor}/codes`);
  const activations = builder.cast('float32', tensor, type, 'float32');
  const c = projectedRows(builder, activations, input, layer);
  let z = builder.add('start', 'MatMul', [c, builder.constant('start_matrix', matrixTensor(start))]);
  const matrixName = steps > 0 ? builder.constant('step_matrix', matrixTensor(step)) : '';
  for (let k = 1; k <= steps; k++)
    z = builder.add(`step${k}`, 'Gemm', [builder.add(`abs${k}`, 'Abs', [z]), matrixName, c]);
  const codes = builder.add('amounts', 'Relu', [z]);
  const isUnit = scale.every((value) => Math.abs(value - 1) < 1e-6);
  const scaled = isUnit
    ? codes
    : builder.add('scaled', 'Mul', [codes, builder.constant('scale', float32(scale, [1, scale.length]))]);
  return { ...builder.part(scaled), activations, projected: c };
}

/**
 * Activations times a matrix [p, r], as rows [n · positions, r]: channels are summed where they lie, and only the r sums are
 * moved. `what` tells the names of its nodes from those of another such product.
 */
export function projectedRows(
  builder: PartBuilder,
  activations: string,
  { rows: p, cols: r, data }: Matrix,
  layer: LayerRecord,
  what = 'input',
): string {
  const { shape, channelAxis } = layer;
  if (channelAxis === shape.length - 1) {
    const product = builder.add(what, 'MatMul', [
      activations,
      builder.constant(`${what}_matrix`, float32(data, [p, r])),
    ]);
    return shape.length === 2 ? product : builder.reshape(`${what}_rows`, product, [-1, r]);
  }
  if (shape.length !== 4 || channelAxis !== 1)
    throw new BugError(`codeGraph: layout [${shape.join(', ')}] with channels at ${channelAxis}`);
  const kernel = float32(
    Float32Array.from(data, (_, at) => data[(at % p) * r + Math.floor(at / p)]),
    [r, p, 1, 1],
  );
  const summed = builder.add(what, 'Conv', [activations, builder.constant(`${what}_kernel`, kernel)], {
    kernel_shape: [1, 1],
  });
  const moved = builder.add(`${what}_moved`, 'Transpose', [summed], { perm: [0, 2, 3, 1] });
  return builder.reshape(`${what}_rows`, moved, [-1, r]);
}
