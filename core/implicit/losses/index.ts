/** Loss functions, under the names that jaxopt gave them. */
export {
  binaryHingeLoss,
  binaryLogisticLoss,
  binaryPerceptronLoss,
  binarySparsemaxLoss,
  sparsePlus,
  sparseSigmoid,
} from './binary.ts';
export { fenchelYoungLoss } from './fenchel-young.ts';
export type { FenchelYoungLoss } from './fenchel-young.ts';
export {
  multiclassHingeLoss,
  multiclassLogisticLoss,
  multiclassPerceptronLoss,
  multiclassSparsemaxLoss,
  multiclassSparsemaxProjection,
} from './multiclass.ts';
export { huberLoss } from './regression.ts';
