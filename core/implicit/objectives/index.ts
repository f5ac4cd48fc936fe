/** Objectives of common linear models, ready for solvers. */
export {
  binaryLogisticRegression,
  l2BinaryLogisticRegression,
  l2MulticlassLogisticRegression,
  l2MulticlassLogisticRegressionWithIntercept,
  multiclassLinearSvmDual,
  multiclassLinearSvmPrimal,
  multiclassLogisticRegression,
  multiclassLogisticRegressionWithIntercept,
} from './classification.ts';
export type { Data, OneHotData, WeightsWithIntercept } from './linear-model.ts';
export { elasticNet, huberRegression, lasso, leastSquares, ridgeRegression } from './regression.ts';
export type { HuberParameters } from './regression.ts';
