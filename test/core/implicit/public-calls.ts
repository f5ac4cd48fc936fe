import * as tf from '@tensorflow/tfjs-core';
import * as toolkit from '../../../core/implicit/index.ts';
import { contraction, plain, quadratic, root, silent } from './public-call.ts';
import type { PublicCall } from './public-call.ts';
import { solverCalls } from './public-solver-calls.ts';

export type { PublicCall } from './public-call.ts';

const { constant: c, losses, objectives, perturbed, solvers } = toolkit;

const vector = (): tf.Tensor => c([0.7, -0.4, 1.9]);
const matrix = (): tf.Tensor =>
  c([
    [2, 0.3, -0.1],
    [0.3, 1.5, 0.2],
    [-0.1, 0.2, -1],
  ]);
const similarity = (): tf.Tensor =>
  c([
    [0.3, -0.2],
    [0.1, 0.5],
  ]);
const data = (): unknown => ({
  X: c([
    [1, 0.5],
    [0.3, -1],
    [2, 0.1],
    [-1, 1],
  ]),
  y: c([1, -0.5, 2, 0.3]),
});
const labelled = (): unknown => ({
  X: c([
    [1, 0.5],
    [0.3, -1],
    [2, 0.1],
  ]),
  y: tf.tensor1d([0, 1, 1], 'int32'),
});
const oneHot = (): unknown => ({
  X: c([
    [1, 0.5],
    [0.3, -1],
    [2, 0.1],
  ]),
  Y: c([
    [1, 0],
    [0, 1],
    [0, 1],
  ]),
});
const calls: Readonly<Record<string, PublicCall>> = {
  attachRoot: plain(toolkit.attachRoot(root, silent.implicit), () => [c([0.5]), c([0.625])]),
  constant: plain(toolkit.constant, () => [[1, 2]], { isConstant: true }),
  customFixedPoint: plain(
    toolkit.customFixedPoint(
      contraction,
      silent.implicit,
    )((x: tf.Tensor, t: tf.Tensor) => {
      let at = x;
      for (let i = 0; i < 60; i++) at = contraction(at, t);
      return at;
    }),
    () => [tf.zeros([2]), c([0.5, -0.2])],
  ),
  customRoot: plain(
    toolkit.customRoot(
      root,
      silent.implicit,
    )((_: unknown, t: tf.Tensor) => solvers.newton(root).run(tf.zerosLike(t), t)),
    () => [tf.zeros([2]), c([0.5, -0.2])],
  ),
  fixedPointResidual: plain(toolkit.fixedPointResidual(contraction), () => [c([0.5]), c([0.2])]),
  compile: plain(
    toolkit.compile((x: tf.Tensor) => tf.sum(tf.exp(tf.neg(tf.square(x))))),
    () => [vector()],
  ),
  inFloat64: plain(
    (x: tf.Tensor) => toolkit.inFloat64(() => tf.tidy(() => tf.sum(tf.sin(x)))),
    () => [vector()],
  ),
  isotonicRegression: plain(toolkit.isotonicRegression, () => [
    vector(),
    { weights: c([1, 2, 0.5]), lower: -1, upper: c(1.5) },
  ]),
  isotonicRegressionKl: plain(toolkit.isotonicRegressionKl, () => [vector(), c([0.1, 0.2, 0.3])]),
  solveSystem: plain(toolkit.solveSystem, () => [matrix(), vector()]),
  lineSearch: plain(toolkit.lineSearch(quadratic), () => [vector(), c([-0.7, 0.4, -1.9]), c([0, 0, 0])], {
    isConstant: true,
  }),
  gradientOf: plain(toolkit.gradientOf(quadratic), () => [vector(), c([1, 2, 3])]),
  stationaryPoint: plain(toolkit.stationaryPoint(quadratic), () => [vector(), c([1, 2, 3])]),
  projectionSimplex: plain(toolkit.projectionSimplex, () => [vector(), 1]),
  projectionSparseSimplex: plain(toolkit.projectionSparseSimplex, () => [vector(), 2, c(1)]),
  projectionL1Sphere: plain(toolkit.projectionL1Sphere, () => [vector(), c(1)]),
  projectionL1Ball: plain(toolkit.projectionL1Ball, () => [vector(), c(1)]),
  projectionL2Sphere: plain(toolkit.projectionL2Sphere, () => [vector(), c(1)]),
  projectionL2Ball: plain(toolkit.projectionL2Ball, () => [vector(), c(1)]),
  projectionNonNegative: plain(toolkit.projectionNonNegative, () => [vector()]),
  projectionBox: plain(toolkit.projectionBox, () => [vector(), c([-1, 0, 0]), 1]),
  projectionHypercube: plain(toolkit.projectionHypercube, () => [vector(), c(1)]),
  projectionLinfBall: plain(toolkit.projectionLinfBall, () => [vector(), c(1)]),
  projectionHyperplane: plain(toolkit.projectionHyperplane, () => [vector(), c([1, 2, 3]), c(1)]),
  projectionHalfspace: plain(toolkit.projectionHalfspace, () => [vector(), c([1, 2, 3]), c(1)]),
  projectionAffineSet: plain(toolkit.projectionAffineSet, () => [vector(), c([[1, 2, 3]]), c([1])]),
  projectionSecondOrderCone: plain(toolkit.projectionSecondOrderCone, () => [vector()]),
  projectionPsdCone: plain(toolkit.projectionPsdCone, () => [matrix()]),
  projectionDualCone: plain(
    (v: tf.Tensor) =>
      toolkit.projectionDualCone(v, [
        { kind: 'non-negative', size: 1 },
        { kind: 'second-order', size: 2 },
      ]),
    () => [vector()],
  ),
  projectionBoxSection: plain(toolkit.projectionBoxSection, () => [
    vector(),
    c([0, 0, 0]),
    c([1, 1, 1]),
    c([1, 1, 2]),
    c(1.5),
  ]),
  projectionPolyhedron: plain(toolkit.projectionPolyhedron, () => [
    vector(),
    c([[1, 1, 1]]),
    c([1]),
    c([[1, 0, 0]]),
    c([0.2]),
  ]),
  projectionTransport: plain(toolkit.projectionTransport, () => [similarity(), c([0.4, 0.6]), c([0.5, 0.5])]),
  klProjectionTransport: plain(toolkit.klProjectionTransport, () => [
    similarity(),
    c([0.4, 0.6]),
    c([0.5, 0.5]),
  ]),
  projectionBirkhoff: plain(toolkit.projectionBirkhoff, () => [similarity()]),
  klProjectionBirkhoff: plain(toolkit.klProjectionBirkhoff, () => [similarity()]),
  proxNone: plain(
    (x: tf.Tensor) => toolkit.proxNone(x, undefined),
    () => [vector()],
  ),
  proxLasso: plain(toolkit.proxLasso, () => [vector(), c(0.5), 1]),
  proxNonNegativeLasso: plain(toolkit.proxNonNegativeLasso, () => [vector(), c(0.5), 1]),
  proxElasticNet: plain(toolkit.proxElasticNet, () => [vector(), { l1: c(0.5), gamma: 0.3 }, 1]),
  proxGroupLasso: plain(toolkit.proxGroupLasso, () => [vector(), c(0.5), 1]),
  proxRidge: plain(toolkit.proxRidge, () => [vector(), c(0.5), 1]),
  proxNonNegativeRidge: plain(toolkit.proxNonNegativeRidge, () => [vector(), c(0.5), 1]),
  proxFromProjection: plain(toolkit.proxFromProjection(toolkit.projectionL2Ball), () => [vector(), [c(1)]]),
  quadraticProgrammeResidual: plain(toolkit.quadraticProgrammeResidual, () => [
    { x: c([1, 2]) },
    {
      Q: c([
        [2, 0],
        [0, 1],
      ]),
      c: c([1, 1]),
    },
  ]),
  kktConditions: plain(
    toolkit.kktConditions({ objective: quadratic, equality: (x: tf.Tensor) => tf.reshape(tf.sum(x), [1]) }),
    () => [{ x: vector(), nu: c([0.1]) }, c([1, 2, 3])],
  ),
  conicResidual: plain(toolkit.conicResidual([{ kind: 'non-negative', size: 2 }]), () => [
    { x: c([0.3, 1]), v: c([0.5, -1]) },
    {
      c: c([1, 1]),
      A: c([
        [1, 0],
        [0, 1],
      ]),
      b: c([1, 1]),
    },
  ]),
  projectedGradient: plain(
    toolkit.projectedGradient(quadratic, (y: tf.Tensor) => tf.relu(y)),
    () => [vector(), c([1, 2, 3])],
  ),
  proximalGradient: plain(
    toolkit.proximalGradient(quadratic, (y: tf.Tensor, s: tf.Tensor) => toolkit.proxLasso(y, 0.1, s)),
    () => [vector(), c([1, 2, 3])],
  ),
  mirrorDescent: plain(
    toolkit.mirrorDescent(
      quadratic,
      (x: tf.Tensor) => tf.log(x),
      (y: tf.Tensor) => tf.softmax(y),
    ),
    () => [c([0.2, 0.3, 0.5]), c([1, 2, 3])],
  ),
  entropicMirrorDescent: plain(toolkit.entropicMirrorDescent(quadratic), () => [
    c([0.2, 0.3, 0.5]),
    c([1, 2, 3]),
  ]),
  blockProximalGradient: plain(
    toolkit.blockProximalGradient(
      ([x]: readonly tf.Tensor[], t: tf.Tensor) => quadratic(x, t),
      (y: tf.Tensor) => y,
    ),
    () => [[vector()], c([1, 2, 3])],
  ),
  newtonFixedPoint: plain(toolkit.newtonFixedPoint(root), () => [c([0.4]), c([0.6])]),
  fixedPointError: plain(
    (x: tf.Tensor, t: tf.Tensor) => toolkit.fixedPointError(contraction, x, t),
    () => [c([0.4]), c([0.6])],
    {
      isConstant: true,
    },
  ),
  rootVjp: plain(
    (x: tf.Tensor, t: tf.Tensor, dy: tf.Tensor) => toolkit.rootVjp(root, x, [t], dy),
    () => [c([0.5]), c([0.625]), c([1])],
    { isConstant: true },
  ),
  rootJvp: plain(
    (x: tf.Tensor, t: tf.Tensor, dt: tf.Tensor) => toolkit.rootJvp(root, x, [t], [dt]),
    () => [c([0.5]), c([0.625]), c([1])],
    { isConstant: true },
  ),
  rootJacobian: plain(
    (x: tf.Tensor, t: tf.Tensor) => toolkit.rootJacobian(root, x, [t]),
    () => [c([0.5]), c([0.625])],
    {
      isConstant: true,
    },
  ),
  'losses.binaryLogisticLoss': plain(losses.binaryLogisticLoss, () => [
    tf.tensor1d([0, 1], 'int32'),
    c([0.3, -0.7]),
  ]),
  'losses.binaryHingeLoss': plain(losses.binaryHingeLoss, () => [
    tf.tensor1d([0, 1], 'int32'),
    c([0.3, -0.7]),
  ]),
  'losses.binaryPerceptronLoss': plain(losses.binaryPerceptronLoss, () => [
    tf.tensor1d([0, 1], 'int32'),
    c([0.3, -0.7]),
  ]),
  'losses.binarySparsemaxLoss': plain(losses.binarySparsemaxLoss, () => [
    tf.tensor1d([0, 1], 'int32'),
    c([0.3, -0.7]),
  ]),
  'losses.sparsePlus': plain(losses.sparsePlus, () => [vector()]),
  'losses.sparseSigmoid': plain(losses.sparseSigmoid, () => [vector()]),
  'losses.huberLoss': plain(losses.huberLoss, () => [c([0, 1]), c([0.3, -0.7]), c(0.5)]),
  'losses.fenchelYoungLoss': plain(
    losses.fenchelYoungLoss((s: tf.Tensor) => tf.logSumExp(s)),
    () => [c([1, 0, 0]), vector()],
  ),
  'losses.multiclassHingeLoss': plain(losses.multiclassHingeLoss, () => [tf.scalar(1, 'int32'), vector()]),
  'losses.multiclassLogisticLoss': plain(losses.multiclassLogisticLoss, () => [
    tf.scalar(1, 'int32'),
    vector(),
  ]),
  'losses.multiclassPerceptronLoss': plain(losses.multiclassPerceptronLoss, () => [
    tf.scalar(1, 'int32'),
    vector(),
  ]),
  'losses.multiclassSparsemaxLoss': plain(losses.multiclassSparsemaxLoss, () => [
    tf.scalar(1, 'int32'),
    vector(),
  ]),
  'losses.multiclassSparsemaxProjection': plain(losses.multiclassSparsemaxProjection, () => [vector()]),
  'objectives.leastSquares': plain(objectives.leastSquares, () => [c([0.1, 0.2]), data()]),
  'objectives.ridgeRegression': plain(objectives.ridgeRegression, () => [c([0.1, 0.2]), c(0.5), data()]),
  'objectives.lasso': plain(objectives.lasso, () => [c([0.1, 0.2]), c(0.5), data()]),
  'objectives.elasticNet': plain(objectives.elasticNet, () => [
    c([0.1, 0.2]),
    { l1: c(0.5), gamma: c(0.1) },
    data(),
  ]),
  'objectives.huberRegression': plain(objectives.huberRegression, () => [
    c([0.1, 0.2]),
    { l2: c(0.5), delta: c(1) },
    data(),
  ]),
  'objectives.binaryLogisticRegression': plain(objectives.binaryLogisticRegression, () => [
    c([0.1, 0.2]),
    labelled(),
  ]),
  'objectives.l2BinaryLogisticRegression': plain(objectives.l2BinaryLogisticRegression, () => [
    c([0.1, 0.2]),
    c(0.5),
    labelled(),
  ]),
  'objectives.multiclassLogisticRegression': plain(objectives.multiclassLogisticRegression, () => [
    similarity(),
    labelled(),
  ]),
  'objectives.l2MulticlassLogisticRegression': plain(objectives.l2MulticlassLogisticRegression, () => [
    similarity(),
    c(0.5),
    labelled(),
  ]),
  'objectives.multiclassLogisticRegressionWithIntercept': plain(
    objectives.multiclassLogisticRegressionWithIntercept,
    () => [{ W: similarity(), b: c([0.1, 0.2]) }, labelled()],
  ),
  'objectives.l2MulticlassLogisticRegressionWithIntercept': plain(
    objectives.l2MulticlassLogisticRegressionWithIntercept,
    () => [{ W: similarity(), b: c([0.1, 0.2]) }, c(0.5), labelled()],
  ),
  'objectives.multiclassLinearSvmPrimal': plain(objectives.multiclassLinearSvmPrimal, () => [
    similarity(),
    c(0.5),
    oneHot(),
  ]),
  'objectives.multiclassLinearSvmDual': plain(objectives.multiclassLinearSvmDual, () => [
    c([
      [0.5, 0.5],
      [0.1, 0.9],
      [0.3, 0.7],
    ]),
    c(0.5),
    oneHot(),
  ]),
  'perturbed.oneHotArgmax': plain(perturbed.oneHotArgmax, () => [vector()], { isConstant: true }),
  'perturbed.ranks': plain(perturbed.ranks, () => [vector()], { isConstant: true }),
  'perturbed.topKIndicator': plain(perturbed.topKIndicator(2), () => [vector()], { isConstant: true }),
  'perturbed.perturbedArgmax': plain(
    perturbed.perturbedArgmax(perturbed.oneHotArgmax, { samples: 20 }),
    () => [vector(), 3],
  ),
  'perturbed.perturbedFunction': plain(perturbed.perturbedFunction(perturbed.ranks, { samples: 20 }), () => [
    vector(),
    3,
  ]),
  'perturbed.perturbedMax': plain(perturbed.perturbedMax(perturbed.oneHotArgmax, { samples: 20 }), () => [
    vector(),
    3,
  ]),
  ...solverCalls,
};

/** Conditions, maps and functions of the caller's, evaluated where they are asked to be. */
const ARITHMETIC = [
  'fixedPointResidual',
  'gradientOf',
  'stationaryPoint',
  'quadraticProgrammeResidual',
  'kktConditions',
  'conicResidual',
  'projectedGradient',
  'proximalGradient',
  'mirrorDescent',
  'entropicMirrorDescent',
  'blockProximalGradient',
  'newtonFixedPoint',
  'solvers.nmfOptimality',
  'solvers.nnlsOptimality',
  'fixedPointError',
];
/** What runs a function of the caller's as it is, or takes numbers in whatever they are. */
const OWN_FUNCTION = ['compile', 'inFloat64', 'constant'];

/** Every public function of the toolkit by name; those of a family as `losses.huberLoss`. */
export const publicCalls: Readonly<Record<string, PublicCall>> = Object.fromEntries(
  Object.entries(calls).map(([name, call]) => [
    name,
    { ...call, isArithmetic: ARITHMETIC.includes(name), isOwnFunction: OWN_FUNCTION.includes(name) },
  ]),
);

/** Public functions without an entry of their own, and why. */
export const WITHOUT_CALL: Readonly<Record<string, string>> = {
  ImplicitError: 'is the error',
  FLOAT64: 'is a name',
  registerFloat64Backend: 'takes nothing',
  registerGradients: 'takes nothing',
  customRootAsync: 'is attachRoot after an await',
  customFixedPointAsync: 'is attachRoot after an await',
  toFloat64: 'copies the numbers of a tensor, whatever they are',
  vjp: 'is a tape of TensorFlow.js, with its errors',
  jvp: 'is a tape of TensorFlow.js, with its errors',
  withoutTape: 'calls a function',
  linearSolver: 'works on plain arrays; linear-solve.test.ts',
  linearSolverNames: 'is a list',
  iterativeRefinement: 'works on plain arrays; linear-solve.test.ts',
  refine: 'works on plain arrays; linear-solve.test.ts',
  denseOperator: 'works on plain arrays; linear-solve.test.ts',
  transposeOperator: 'works on plain arrays; linear-solve.test.ts',
  transposeSquare: 'works on plain arrays; linear-solve.test.ts',
  transposeBlocks: 'works on plain arrays; linear-solve.test.ts',
  denseBlocks: 'works on plain arrays; linear-solve.test.ts',
  denseMatrix: 'works on plain arrays; linear-solve.test.ts',
  unitInEach: 'works on plain arrays; linear-solve.test.ts',
  addRidge: 'works on plain arrays; linear-solve.test.ts',
  bankSolver: 'works on plain arrays; factorisation tests',
  nmfDerivative: 'works on plain arrays; factorisation tests',
};

const families = { losses, objectives, perturbed, solvers } as const;

/** The names of all public functions, families taken apart. */
export const publicNames: readonly string[] = Object.entries(toolkit).flatMap(([name, value]) =>
  name in families ? Object.keys(value as object).map((own) => `${name}.${own}`) : [name],
);
