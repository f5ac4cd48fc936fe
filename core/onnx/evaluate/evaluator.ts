import type { Tensor } from '../../tensor.ts';
import type { NodeCall, TensorFact } from '../shape-rules/rule.ts';

/** Computes the outputs of a node from constant inputs, given their shapes; undefined where it is left to the runtime. */
export type Evaluator = (
  call: NodeCall,
  values: readonly Tensor[],
  outputs: readonly TensorFact[],
) => Tensor[] | undefined;
