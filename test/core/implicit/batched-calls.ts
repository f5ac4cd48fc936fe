import * as tf from '@tensorflow/tfjs-core';
import * as toolkit from '../../../core/implicit/index.ts';
import { contraction, plain, root, silent } from './public-call.ts';
import type { PublicCall } from './public-call.ts';
import { runs } from './public-solver-calls.ts';

const { constant: c, compile, solvers } = toolkit;

const batch = { implicit: { ...silent.implicit, batch: 1 } };
const rows = (): tf.Tensor =>
  c([
    [0.7, -0.4, 1.9],
    [-1.2, 0.3, 0.8],
  ]);
const similarities = (): tf.Tensor =>
  c([
    [
      [0.3, -0.2],
      [0.1, 0.5],
    ],
    [
      [-0.4, 0.6],
      [0.2, 0.1],
    ],
  ]);
const symmetric = (): tf.Tensor =>
  c([
    [
      [2, 0.3],
      [0.3, -1],
    ],
    [
      [-0.5, 0.7],
      [0.7, 1.1],
    ],
  ]);
/** A sum of squares for each sample by itself. */
const apart = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.sub(x, t)));
const ridge = (w: tf.Tensor, t: tf.Tensor, l2: tf.Tensor): tf.Tensor =>
  tf.add(apart(w, t), tf.mul(l2, tf.sum(tf.square(w))));
const equalities = (): object => ({
  Q: c([
    [2, 0.2],
    [0.2, 1],
  ]),
  c: c([
    [-1, 0.5],
    [0.3, -2],
  ]),
  A: c([[1, 1]]),
  b: c([[1], [0.5]]),
});
const starts = (): tf.Tensor => tf.zeros([2, 3]);

/** Calls on a batch of samples: of what takes one. */
export const batchedCalls: Readonly<Record<string, PublicCall>> = {
  'customRoot, batched': plain(
    toolkit.customRoot(
      root,
      batch.implicit,
    )((_: unknown, t: tf.Tensor) => solvers.newton(root).run(tf.zerosLike(t), t)),
    () => [starts(), rows()],
  ),
  'customFixedPoint, batched': plain(
    toolkit.customFixedPoint(
      contraction,
      batch.implicit,
    )((x: tf.Tensor, t: tf.Tensor) => {
      let at = x;
      for (let i = 0; i < 60; i++) at = contraction(at, t);
      return at;
    }),
    () => [starts(), rows()],
  ),
  'newton, batched': runs(solvers.newton(root, batch), () => [starts(), rows()]),
  'fixedPointIteration, batched': runs(solvers.fixedPointIteration(contraction, batch), () => [
    starts(),
    rows(),
  ]),
  'anderson, batched': runs(solvers.anderson(contraction, batch), () => [starts(), rows()]),
  'lbfgs, batched': runs(solvers.lbfgs(ridge, batch), () => [starts(), rows(), c(0.3)]),
  'gradientDescent, batched': runs(solvers.gradientDescent(ridge, batch), () => [starts(), rows(), c(0.3)]),
  'projectedGradient, batched': runs(
    solvers.projectedGradient(apart, (y: tf.Tensor) => toolkit.projectionSimplex(y), batch),
    () => [tf.fill([2, 3], 1 / 3), rows()],
  ),
  'proximalGradient, batched': runs(
    solvers.proximalGradient<tf.Tensor, [tf.Tensor, tf.Tensor]>(
      apart,
      (y: tf.Tensor, s: tf.Tensor, _t: tf.Tensor, l1: tf.Tensor) => toolkit.proxLasso(y, l1, s),
      batch,
    ),
    () => [starts(), rows(), c(0.4)],
  ),
  'quadraticProgramme, batched': runs(solvers.quadraticProgramme(silent), () => [
    null,
    {
      ...equalities(),
      G: c([[1, 0]]),
      h: c([[0.25], [0.1]]),
    },
  ]),
  'equalityQp, batched': runs(solvers.equalityQp(silent), () => [null, equalities()]),
  'nnlsAdmm, batched': runs(solvers.nnlsAdmm(silent), () => [
    tf.zeros([2, 2, 2]),
    c([
      [
        [1, 2, 0.5],
        [0.4, 1, 0.3],
      ],
      [
        [2, 1, 1.5],
        [0.1, 0.6, 2],
      ],
    ]),
    c([
      [
        [1, 0, 1],
        [0, 1, 1],
      ],
      [
        [0.5, 0.2, 1],
        [0.3, 1, 0.1],
      ],
    ]),
  ]),
  'projectionSimplex, batched': plain(toolkit.projectionSimplex, () => [rows(), c([1, 2])]),
  'projectionSparseSimplex, batched': plain(toolkit.projectionSparseSimplex, () => [rows(), 2, c([1, 2])]),
  'projectionL1Ball, batched': plain(toolkit.projectionL1Ball, () => [rows(), c([1, 2])]),
  'projectionL2Sphere, batched': plain(toolkit.projectionL2Sphere, () => [rows(), c([1, 2])]),
  'projectionL2Ball, batched': plain(toolkit.projectionL2Ball, () => [rows(), c([1, 0.5])]),
  'projectionHyperplane, batched': plain(toolkit.projectionHyperplane, () => [
    rows(),
    c([1, 2, 3]),
    c([1, 2]),
  ]),
  'projectionHalfspace, batched': plain(toolkit.projectionHalfspace, () => [
    rows(),
    c([1, 2, 3]),
    c([1, -2]),
  ]),
  'projectionAffineSet, batched': plain(toolkit.projectionAffineSet, () => [
    rows(),
    c([[1, 2, 3]]),
    c([[1], [2]]),
  ]),
  'projectionSecondOrderCone, batched': plain(toolkit.projectionSecondOrderCone, () => [rows()]),
  'projectionPsdCone, batched': plain(toolkit.projectionPsdCone, () => [symmetric()]),
  'projectionBoxSection, batched': plain(toolkit.projectionBoxSection, () => [
    rows(),
    c([0, 0, 0]),
    c([1, 1, 1]),
    c([1, 1, 2]),
    c([1.5, 1.2]),
  ]),
  'projectionPolyhedron, batched': plain(toolkit.projectionPolyhedron, () => [
    rows(),
    c([[1, 1, 1]]),
    c([[1], [0.5]]),
    c([[1, 0, 0]]),
    c([0.2]),
  ]),
  'projectionTransport, batched': plain(toolkit.projectionTransport, () => [
    similarities(),
    c([0.4, 0.6]),
    c([0.5, 0.5]),
  ]),
  'klProjectionTransport, batched': plain(toolkit.klProjectionTransport, () => [
    similarities(),
    c([0.4, 0.6]),
    c([0.5, 0.5]),
  ]),
  'isotonicRegression, batched': plain(toolkit.isotonicRegression, () => [rows()]),
};

/** Solvers whose iterations or derivatives are compiled. */
export const compiledCalls: Readonly<Record<string, PublicCall>> = {
  'lbfgs, compiled': runs(compile(solvers.lbfgs(ridge, silent)), () => [starts(), rows(), c(0.3)]),
  'gradientDescent, compiled': runs(compile(solvers.gradientDescent(ridge, silent)), () => [
    starts(),
    rows(),
    c(0.3),
  ]),
  'proximalGradient, compiled': runs(
    compile(
      solvers.proximalGradient<tf.Tensor, [tf.Tensor, tf.Tensor]>(
        apart,
        (y: tf.Tensor, s: tf.Tensor, _t: tf.Tensor, l1: tf.Tensor) => toolkit.proxLasso(y, l1, s),
        silent,
      ),
    ),
    () => [starts(), rows(), c(0.4)],
  ),
  'projectedGradient, compiled': runs(
    compile(solvers.projectedGradient(apart, (y: tf.Tensor) => toolkit.projectionSimplex(y), silent)),
    () => [tf.fill([2, 3], 1 / 3), rows()],
  ),
  'newton, compiled': runs(compile(solvers.newton(root, silent)), () => [starts(), rows()]),
  'fixedPointIteration, compiled': runs(compile(solvers.fixedPointIteration(contraction, silent)), () => [
    starts(),
    rows(),
  ]),
  'anderson, compiled': runs(compile(solvers.anderson(contraction, silent)), () => [starts(), rows()]),
  'entropicDescent, compiled': runs(
    compile(solvers.entropicDescent(apart, { ...silent, stepsize: 0.5 })),
    () => [tf.fill([2, 3], 1 / 3), rows()],
  ),
  'bfgs, compiled': runs(compile(solvers.bfgs(ridge, silent)), () => [starts(), rows(), c(0.3)]),
  'nonlinearCg, compiled': runs(compile(solvers.nonlinearCg(ridge, silent)), () => [
    starts(),
    rows(),
    c(0.3),
  ]),
  'broyden, compiled': runs(compile(solvers.broyden(root, silent)), () => [tf.zeros([2]), c([0.3, -0.2])]),
};
