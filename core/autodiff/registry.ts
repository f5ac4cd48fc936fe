import type { Rule } from './rule.ts';
import { abs } from './rules/abs.ts';
import { add } from './rules/add.ts';
import { averagePool } from './rules/average-pool.ts';
import { batchNormalization } from './rules/batch-normalization.ts';
import { cast } from './rules/cast.ts';
import { celu } from './rules/celu.ts';
import { clip } from './rules/clip.ts';
import { concat } from './rules/concat.ts';
import { convTranspose } from './rules/conv-transpose.ts';
import { conv } from './rules/conv.ts';
import { cos } from './rules/cos.ts';
import { cumSum } from './rules/cum-sum.ts';
import { depthToSpace } from './rules/depth-to-space.ts';
import { div } from './rules/div.ts';
import { dropout } from './rules/dropout.ts';
import { einsum } from './rules/einsum.ts';
import { elu } from './rules/elu.ts';
import { erf } from './rules/erf.ts';
import { exp } from './rules/exp.ts';
import { expand } from './rules/expand.ts';
import { flatten } from './rules/flatten.ts';
import { gatherElements } from './rules/gather-elements.ts';
import { gatherNd } from './rules/gather-nd.ts';
import { gather } from './rules/gather.ts';
import { gelu } from './rules/gelu.ts';
import { gemm } from './rules/gemm.ts';
import { globalAveragePool } from './rules/global-average-pool.ts';
import { globalMaxPool } from './rules/global-max-pool.ts';
import { groupNormalization } from './rules/group-normalization.ts';
import { hardSigmoid } from './rules/hard-sigmoid.ts';
import { hardSwish } from './rules/hard-swish.ts';
import { identity } from './rules/identity.ts';
import { instanceNormalization } from './rules/instance-normalization.ts';
import { layerNormalization } from './rules/layer-normalization.ts';
import { leakyRelu } from './rules/leaky-relu.ts';
import { logSoftmax } from './rules/log-softmax.ts';
import { log } from './rules/log.ts';
import { lrn } from './rules/lrn.ts';
import { matMul } from './rules/mat-mul.ts';
import { maxPool } from './rules/max-pool.ts';
import { max } from './rules/max.ts';
import { mean } from './rules/mean.ts';
import { min } from './rules/min.ts';
import { mish } from './rules/mish.ts';
import { mul } from './rules/mul.ts';
import { neg } from './rules/neg.ts';
import { pad } from './rules/pad.ts';
import { pow } from './rules/pow.ts';
import { prelu } from './rules/prelu.ts';
import { reciprocal } from './rules/reciprocal.ts';
import { reduceL1 } from './rules/reduce-l1.ts';
import { reduceL2 } from './rules/reduce-l2.ts';
import { reduceLogSumExp } from './rules/reduce-log-sum-exp.ts';
import { reduceLogSum } from './rules/reduce-log-sum.ts';
import { reduceMax } from './rules/reduce-max.ts';
import { reduceMean } from './rules/reduce-mean.ts';
import { reduceMin } from './rules/reduce-min.ts';
import { reduceSumSquare } from './rules/reduce-sum-square.ts';
import { reduceSum } from './rules/reduce-sum.ts';
import { relu } from './rules/relu.ts';
import { reshape } from './rules/reshape.ts';
import { resize } from './rules/resize.ts';
import { scatterElements } from './rules/scatter-elements.ts';
import { scatterNd } from './rules/scatter-nd.ts';
import { selu } from './rules/selu.ts';
import { sigmoid } from './rules/sigmoid.ts';
import { sin } from './rules/sin.ts';
import { slice } from './rules/slice.ts';
import { softmax } from './rules/softmax.ts';
import { softplus } from './rules/softplus.ts';
import { softsign } from './rules/softsign.ts';
import { spaceToDepth } from './rules/space-to-depth.ts';
import { split } from './rules/split.ts';
import { sqrt } from './rules/sqrt.ts';
import { squeeze } from './rules/squeeze.ts';
import { sub } from './rules/sub.ts';
import { sum } from './rules/sum.ts';
import { tanh } from './rules/tanh.ts';
import { thresholdedRelu } from './rules/thresholded-relu.ts';
import { tile } from './rules/tile.ts';
import { topK } from './rules/top-k.ts';
import { transpose } from './rules/transpose.ts';
import { trilu } from './rules/trilu.ts';
import { unsqueeze } from './rules/unsqueeze.ts';
import { where } from './rules/where.ts';

/** Standard ONNX operators (`ai.onnx`) that the gradient goes through. */
export type DifferentiableOp =
  | 'Abs'
  | 'Add'
  | 'AveragePool'
  | 'BatchNormalization'
  | 'Cast'
  | 'Celu'
  | 'Clip'
  | 'Concat'
  | 'Conv'
  | 'ConvTranspose'
  | 'Cos'
  | 'CumSum'
  | 'DepthToSpace'
  | 'Div'
  | 'Dropout'
  | 'Einsum'
  | 'Elu'
  | 'Erf'
  | 'Exp'
  | 'Expand'
  | 'Flatten'
  | 'Gather'
  | 'GatherElements'
  | 'GatherND'
  | 'Gelu'
  | 'Gemm'
  | 'GlobalAveragePool'
  | 'GlobalMaxPool'
  | 'GroupNormalization'
  | 'HardSigmoid'
  | 'HardSwish'
  | 'Identity'
  | 'InstanceNormalization'
  | 'LRN'
  | 'LayerNormalization'
  | 'LeakyRelu'
  | 'Log'
  | 'LogSoftmax'
  | 'MatMul'
  | 'Max'
  | 'MaxPool'
  | 'Mean'
  | 'Min'
  | 'Mish'
  | 'Mul'
  | 'Neg'
  | 'PRelu'
  | 'Pad'
  | 'Pow'
  | 'Reciprocal'
  | 'ReduceL1'
  | 'ReduceL2'
  | 'ReduceLogSum'
  | 'ReduceLogSumExp'
  | 'ReduceMax'
  | 'ReduceMean'
  | 'ReduceMin'
  | 'ReduceSum'
  | 'ReduceSumSquare'
  | 'Relu'
  | 'Reshape'
  | 'Resize'
  | 'ScatterElements'
  | 'ScatterND'
  | 'Selu'
  | 'Sigmoid'
  | 'Sin'
  | 'Slice'
  | 'Softmax'
  | 'Softplus'
  | 'Softsign'
  | 'SpaceToDepth'
  | 'Split'
  | 'Sqrt'
  | 'Squeeze'
  | 'Sub'
  | 'Sum'
  | 'Tanh'
  | 'ThresholdedRelu'
  | 'Tile'
  | 'TopK'
  | 'Transpose'
  | 'Trilu'
  | 'Unsqueeze'
  | 'Where';

/** The rule of each: a forgotten one does not compile. */
const RULES: { readonly [Op in DifferentiableOp]: Rule } = {
  Abs: abs,
  Add: add,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Celu: celu,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  Cos: cos,
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  Div: div,
  Dropout: dropout,
  Einsum: einsum,
  Elu: elu,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Gelu: gelu,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  GroupNormalization: groupNormalization,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Identity: identity,
  InstanceNormalization: instanceNormalization,
  LRN: lrn,
  LayerNormalization: layerNormalization,
  LeakyRelu: leakyRelu,
  Log: log,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  Max: max,
  MaxPool: maxPool,
  Mean: mean,
  Min: min,
  Mish: mish,
  Mul: mul,
  Neg: neg,
  PRelu: prelu,
  Pad: pad,
  Pow: pow,
  Reciprocal: reciprocal,
  ReduceL1: reduceL1,
  ReduceL2: reduceL2,
  ReduceLogSum: reduceLogSum,
  ReduceLogSumExp: reduceLogSumExp,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceMin: reduceMin,
  ReduceSum: reduceSum,
  ReduceSumSquare: reduceSumSquare,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  Selu: selu,
  Sigmoid: sigmoid,
  Sin: sin,
  Slice: slice,
  Softmax: softmax,
  Softplus: softplus,
  Softsign: softsign,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Sqrt: sqrt,
  Squeeze: squeeze,
  Sub: sub,
  Sum: sum,
  Tanh: tanh,
  ThresholdedRelu: thresholdedRelu,
  Tile: tile,
  TopK: topK,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: unsqueeze,
  Where: where,
};

/** Names of all differentiable operators, in alphabetical order. */
export const DIFFERENTIABLE_OPS = Object.keys(RULES) as readonly DifferentiableOp[];

/** The rule of an operator of the standard domain, or undefined when there is none. */
export function ruleOf(opType: string): Rule | undefined {
  return Object.hasOwn(RULES, opType) ? RULES[opType as DifferentiableOp] : undefined;
}
