import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { compile, constant, inFloat64, proxLasso, solvers, toFloat64 } from '../../core/implicit/index.ts';
import type { Solver } from '../../core/implicit/solvers/solver.ts';

/** The target: our warm hyper-gradient over jaxopt's with an outer jit, in processor time. */
const WANTED_RATIO = 5;
const ROUNDS = 5;
/** Processor seconds that a round takes at least. */
const ROUND_SECONDS = 0.2;

const reference = path.join(import.meta.dirname, '../../../shared/reference/implicit-2/timing.json');

interface Given {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Problem {
  readonly id: 'ridge_lbfgs' | 'lasso_proxgrad';
  readonly theta?: number;
  readonly lam?: number;
  readonly lipschitz?: number;
  readonly solution: Given;
  readonly hyper_gradient: number;
}
type Timing = Readonly<Record<'X' | 'y' | 'Xv' | 'yv', Given>> & { readonly problems: readonly Problem[] };

/** What implicit_jaxopt.py says of a problem. */
interface Theirs {
  readonly gradientError: number;
  readonly iterations: number;
  readonly warmSeconds: number;
  readonly plainSeconds: number;
}

type Made = Solver<tf.Tensor, [theta: tf.Tensor]>;
const read = ({ shape, data }: Given): tf.Tensor => constant(Float64Array.from(data), shape);

const misfit = (w: tf.Tensor, X: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  tf.sum(tf.square(tf.sub(tf.reshape(tf.matMul(X, tf.reshape(w, [w.size, 1])), [y.size]), y)));

function solverOf({ id, lipschitz }: Problem, X: tf.Tensor, y: tf.Tensor): Made {
  if (id === 'ridge_lbfgs')
    return solvers.lbfgs<[tf.Tensor]>(
      (w, theta) => tf.mul(0.5, tf.add(misfit(w, X, y), tf.mul(theta, tf.sum(tf.square(w))))),
      { tol: 1e-9 },
    ) as unknown as Made;
  const half = constant(1 / (2 * y.size));
  return solvers.proximalGradient<tf.Tensor, [tf.Tensor]>(
    (w) => tf.mul(half, misfit(w, X, y)),
    (v, eta, l1) => proxLasso(v, l1, eta),
    { tol: 1e-9, stepsize: 1 / lipschitz! },
  ) as unknown as Made;
}

/** d outer / d theta. */
function hyperGradient(solver: Made, { Xv, yv }: Record<'Xv' | 'yv', tf.Tensor>, theta: number): number {
  return tf.tidy(() => {
    const start = tf.zeros([Xv.shape[1]!]);
    const scale = constant(1 / (2 * yv.size));
    const outer = (t: tf.Tensor): tf.Tensor => tf.mul(scale, misfit(solver.run(start, t), Xv, yv));
    return toFloat64(tf.grad(outer)(constant(theta)))[0] as never;
  });
}

const seconds = (call: () => void): number => {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

/** Median over rounds of the processor seconds of one call. */
function secondsOf(call: () => void): number {
  const calls = Math.max(1, Math.ceil(ROUND_SECONDS / Math.max(seconds(call), 1e-6)));
  const round = (): number =>
    seconds(() => {
      for (let i = 0; i < calls; i++) call();
    }) / calls;
  // What the first round costs more belongs to the engine.
  round();
  return Array.from({ length: ROUNDS }, round).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)];
}

function measure(timing: Timing, problem: Problem, theirs: Theirs): string[] {
  const [X, y, Xv, yv] = [timing.X, timing.y, timing.Xv, timing.yv].map(read);
  const theta = problem.theta ?? problem.lam!;
  const plain = solverOf(problem, X, y);
  const compiled = compile(plain);
  let value = 0;
  const first = seconds(() => (value = hyperGradient(compiled, { Xv, yv }, theta)));
  let calls = 0;
  // A penalty that differs every time, so that nothing is kept from one call to the next.
  const warm = secondsOf(() => hyperGradient(compiled, { Xv, yv }, theta * (1 + 1e-10 * calls++)));
  const uncompiled = seconds(() => hyperGradient(plain, { Xv, yv }, theta));
  const { iterations } = compiled.solve(tf.zeros([100]), constant(theta));
  const { iterations: path, derivative } = compiled.report();
  const ms = (time: number): string => `${(1000 * time).toFixed(2)} ms`;
  const error = Math.abs(value / problem.hyper_gradient - 1);
  return [
    `${problem.id} [${X.shape.join(', ')}], processor time of one hyper-gradient, median of ${ROUNDS}`,
    `  compiled       ${ms(warm)}  error ${error.toExponential(1)}  ${iterations} iterations  ${path.path}, ${derivative.path}; the first call ${ms(first)}`,
    `  not compiled   ${ms(uncompiled)}`,
    `  jaxopt, jit    ${ms(theirs.warmSeconds)}  error ${theirs.gradientError.toExponential(1)}  ${theirs.iterations} iterations`,
    `  jaxopt         ${ms(theirs.plainSeconds)}`,
    `  ${(warm / theirs.warmSeconds).toFixed(2)} times jaxopt's warm jit (wanted: at most ${WANTED_RATIO}); ${(theirs.plainSeconds / warm).toFixed(0)} times faster than jaxopt without; ${(uncompiled / warm).toFixed(0)} times faster than without compile`,
  ];
}

/** `npm run bench implicit -- PYTHON`: a Python that has jax and jaxopt. */
async function run([python = 'python3']: readonly string[]): Promise<readonly string[]> {
  if (!existsSync(reference)) return ['not run: ../shared/reference/implicit-2/timing.json is not here'];
  const timing = JSON.parse(await readFile(reference, 'utf8')) as Timing;
  const script = path.join(import.meta.dirname, 'python/implicit_jaxopt.py');
  let problems: Readonly<Record<string, Theirs>>;
  try {
    const { stdout } = await promisify(execFile)(python, [script, reference, String(ROUNDS)]);
    ({ problems } = JSON.parse(stdout) as { problems: typeof problems });
  } catch (error) {
    return [`not run: ${python} cannot run implicit_jaxopt.py: ${String(error).split('\n').at(-2)}`];
  }
  return inFloat64(() =>
    timing.problems.flatMap((problem) => measure(timing, problem, problems[problem.id])),
  );
}

export default { name: 'Hyper-gradients of compiled solvers against jaxopt, in 64 bits on one thread', run };
