import * as tf from '@tensorflow/tfjs-core';
import * as toolkit from '../../../core/implicit/index.ts';
import type { Solver } from '../../../core/implicit/solvers/index.ts';
import { contraction, plain, quadratic, root, silent } from './public-call.ts';
import type { PublicCall } from './public-call.ts';

const { constant: c, solvers } = toolkit;

const residuals = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.concat([tf.sub(x, t), tf.mul(0.1, x)]);

/** A solver's `run`: whatever else can be asked of it is asked on the way. */
export const runs = (solver: unknown, args: () => unknown[]): PublicCall =>
  plain(
    (start: unknown, ...given: never[]) => (solver as Solver<unknown, never[]>).run(start, ...given),
    args,
  );
const quadraticPart = (): { readonly Q: tf.Tensor; readonly c: tf.Tensor } => ({
  Q: c([
    [2, 0.2],
    [0.2, 1],
  ]),
  c: c([-1, 0.5]),
});
const programme = (): unknown => ({
  ...quadraticPart(),
  A: c([[1, 1]]),
  b: c([1]),
  G: c([[1, 0]]),
  h: c([0.25]),
});
/** Every solver, and the conditions of two. */
export const solverCalls: Readonly<Record<string, PublicCall>> = {
  'solvers.anderson': runs(solvers.anderson(contraction, silent), () => [tf.zeros([2]), c([0.5, -0.2])]),
  'solvers.armijoSgd': runs(solvers.armijoSgd(quadratic, silent), () => [tf.zeros([2]), c([0.5, -0.2])]),
  'solvers.bfgs': runs(solvers.bfgs(quadratic, silent), () => [tf.zeros([2]), c([0.5, -0.2])]),
  'solvers.bisection': runs(
    solvers.bisection((x: tf.Tensor, t: tf.Tensor) => tf.sub(tf.mul(x, tf.square(x)), t), {
      lower: -5,
      upper: 5,
      ...silent,
    }),
    () => [tf.scalar(0), tf.scalar(2)],
  ),
  'solvers.blockCoordinateDescent': runs(
    solvers.blockCoordinateDescent(
      ([x, y]: readonly tf.Tensor[], t: tf.Tensor) => tf.add(quadratic(x, t), quadratic(y, x)),
      (y: tf.Tensor) => y,
      silent,
    ),
    () => [[tf.zeros([2]), tf.zeros([2])], c([0.5, -0.2])],
  ),
  'solvers.boxCdQp': runs(solvers.boxCdQp(silent), () => [
    tf.zeros([2]),
    {
      ...quadraticPart(),
      lower: c([-1, -1]),
      upper: c([0.2, 1]),
    },
  ]),
  'solvers.boxOsqp': runs(solvers.boxOsqp(silent), () => [
    null,
    {
      ...quadraticPart(),
      A: c([[1, 1]]),
      l: c([0.1]),
      u: c([0.4]),
    },
  ]),
  'solvers.broyden': runs(solvers.broyden(root, silent), () => [tf.zeros([2]), c([0.3, -0.2])]),
  'solvers.entropicDescent': runs(solvers.entropicDescent(quadratic, { ...silent, stepsize: 0.5 }), () => [
    c([0.3, 0.3, 0.4]),
    c([0.2, 0.3, 0.5]),
  ]),
  'solvers.equalityQp': runs(solvers.equalityQp(silent), () => [
    null,
    {
      ...quadraticPart(),
      A: c([[1, 1]]),
      b: c([1]),
    },
  ]),
  'solvers.fixedPointIteration': runs(solvers.fixedPointIteration(contraction, silent), () => [
    tf.zeros([2]),
    c([0.5, -0.2]),
  ]),
  'solvers.gaussNewton': runs(solvers.gaussNewton(residuals, silent), () => [tf.zeros([2]), c([0.5, -0.2])]),
  'solvers.gradientDescent': runs(solvers.gradientDescent(quadratic, silent), () => [
    tf.zeros([2]),
    c([0.5, -0.2]),
  ]),
  'solvers.lbfgs': runs(solvers.lbfgs(quadratic, silent), () => [tf.zeros([2]), c([0.5, -0.2])]),
  'solvers.lbfgsb': runs(solvers.lbfgsb(quadratic, silent), () => [
    tf.zeros([2]),
    { lower: -1, upper: c([0.3, 0.3]) },
    c([0.5, -0.2]),
  ]),
  'solvers.levenbergMarquardt': runs(solvers.levenbergMarquardt(residuals, silent), () => [
    tf.zeros([2]),
    c([0.5, -0.2]),
  ]),
  'solvers.mirrorDescent': runs(
    solvers.mirrorDescent(
      quadratic,
      (x: tf.Tensor) => tf.log(x),
      (y: tf.Tensor) => tf.softmax(y),
      { ...silent, stepsize: 0.5 },
    ),
    () => [c([0.3, 0.3, 0.4]), c([0.2, 0.3, 0.5])],
  ),
  'solvers.newton': runs(solvers.newton(root, silent), () => [tf.zeros([2]), c([0.5, -0.2])]),
  'solvers.nmfAdmm': runs(solvers.nmfAdmm({ ...silent, mu: 0.1, maxIter: 300 }), () => [
    { U: c([[1], [0.5]]), W: c([[1, 0.5]]) },
    c([
      [1, 2],
      [0.5, 1.2],
    ]),
  ]),
  'solvers.nnlsAdmm': runs(solvers.nnlsAdmm(silent), () => [
    tf.zeros([1, 2]),
    c([[1, 2, 0.5]]),
    c([
      [1, 0, 1],
      [0, 1, 1],
    ]),
  ]),
  'solvers.nmfOptimality': plain(solvers.nmfOptimality({ mu: 0.1 }), () => [
    { U: c([[1], [0.5]]), W: c([[1, 0.5]]) },
    c([
      [1, 2],
      [0.5, 1.2],
    ]),
  ]),
  'solvers.nnlsOptimality': plain(solvers.nnlsOptimality, () => [
    c([[1, 0.5]]),
    c([[1, 2, 0.5]]),
    c([
      [1, 0, 1],
      [0, 1, 1],
    ]),
  ]),
  'solvers.nonlinearCg': runs(solvers.nonlinearCg(quadratic, silent), () => [tf.zeros([2]), c([0.5, -0.2])]),
  'solvers.polyakSgd': runs(solvers.polyakSgd(quadratic, silent), () => [tf.zeros([2]), c([0.5, -0.2])]),
  'solvers.projectedGradient': runs(
    solvers.projectedGradient(quadratic, (y: tf.Tensor) => toolkit.projectionSimplex(y), silent),
    () => [c([0.5, 0.5]), c([0.5, -0.2])],
  ),
  'solvers.proximalGradient': runs(
    solvers.proximalGradient(quadratic, (y: tf.Tensor, s: tf.Tensor) => toolkit.proxLasso(y, 0.1, s), silent),
    () => [tf.zeros([2]), c([0.5, -0.2])],
  ),
  'solvers.quadraticProgramme': runs(solvers.quadraticProgramme(silent), () => [null, programme()]),
  'solvers.withAux': plain(
    solvers.withAux(
      (f) => solvers.lbfgs(f, silent),
      (x: tf.Tensor, t: tf.Tensor) => ({ value: quadratic(x, t), aux: tf.sum(x) }),
    ),
    () => [tf.zeros([2]), c([0.5, -0.2])],
  ),
};
