import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { ImplicitError } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import { norm } from '../linear-solve/vector.ts';
import { solveSystem } from '../linear-solve/solve-system.ts';
import { isRecording } from '../tape.ts';
import { boundsOf, checkBox, clipTo } from './box.ts';
import { checkConvex, readProgramme } from './dense-programme.ts';
import { createSolver } from './solver.ts';
import type { Scalar } from '../scalar.ts';
import type { Solver, SolverOptions } from './solver.ts';
import { checkSetup, SOLVER_NAMES } from './check-setup.ts';
import { checkTensors } from '../checks.ts';
import { checkFields } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';

/** minimise ½ xᵀQx + cᵀx s.t. lower <= x <= upper, for Q [n, n] (its symmetric part counts), c [n]; bounds [n] or one for all. */
export interface BoxQuadraticProgramme {
  readonly Q: tf.Tensor;
  readonly c: tf.Tensor;
  readonly lower: tf.Tensor | Scalar;
  readonly upper: tf.Tensor | Scalar;
}

interface BoxProblem {
  readonly symmetric: tf.Tensor;
  readonly lower: tf.Tensor;
  readonly upper: tf.Tensor;
}

function problemOf(x: tf.Tensor, { Q, lower, upper }: BoxQuadraticProgramme): BoxProblem {
  const bounds = boundsOf(x, { lower, upper });
  const symmetric = tf.mul(0.5, tf.add(Q, tf.transpose(Q)));
  return { symmetric, lower: bounds.lower[0], upper: bounds.upper[0] };
}

/** x - clip(x - (Qx + c)). */
function boxQpResidual(x: tf.Tensor, programme: BoxQuadraticProgramme): tf.Tensor {
  const { symmetric, lower, upper } = problemOf(x, programme);
  const slope = tf.add(tf.reshape(tf.matMul(symmetric, tf.reshape(x, [x.size, 1])), [x.size]), programme.c);
  return tf.sub(x, clipTo(tf.sub(x, slope), lower, upper));
}

/** Where each entry ended in a sweep: on its lower bound (-1), on its upper (1), or between (0). */
interface Sweep {
  readonly x: Float64Array;
  readonly sides: Int8Array;
  readonly moved: Float64Array;
}

/** Minimises over one entry after the other, once through all of them. */
function sweep(p: BoxProblem, c: tf.Tensor, from: tf.Tensor): Sweep {
  const [q, linear, low, high] = [p.symmetric, c, p.lower, p.upper].map(toFloat64);
  const x = toFloat64(from);
  const n = x.length;
  const sides = new Int8Array(n);
  const moved = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let slope = linear[i];
    for (let j = 0; j < n; j++) slope += q[i * n + j] * x[j];
    const wanted = x[i] - slope / q[i * n + i];
    const next = Math.min(Math.max(wanted, low[i]), high[i]);
    sides[i] = wanted <= low[i] ? -1 : wanted >= high[i] ? 1 : 0;
    moved[i] = next - x[i];
    x[i] = next;
  }
  return { x, sides, moved };
}

/**
 * The same sweep as one expression, for unrolling: with the sides known it solves a triangular system, Q's lower triangle against its
 * upper one, in which entries on a bound have a row of their own.
 */
function recordedSweep(p: BoxProblem, c: tf.Tensor, from: tf.Tensor, { sides }: Sweep): tf.Tensor {
  const n = from.size;
  const mask = (side: number): tf.Tensor => constant(Float64Array.from(sides, (s) => Number(s === side)));
  const [low, free, high] = [mask(-1), mask(0), mask(1)];
  const below = constant(
    Float64Array.from({ length: n * n }, (_, at) => Number(at % n <= Math.floor(at / n))),
    [n, n],
  );
  const rows = tf.reshape(free, [n, 1]);
  const system = tf.add(tf.mul(rows, tf.mul(below, p.symmetric)), tf.mul(tf.sub(1, rows), tf.eye(n)));
  const above = tf.mul(tf.sub(1, below), p.symmetric);
  const rest = tf.add(tf.reshape(tf.matMul(above, tf.reshape(from, [n, 1])), [n]), c);
  const onBound = (side: tf.Tensor, bound: tf.Tensor): tf.Tensor =>
    tf.where(tf.cast(side, 'bool'), bound, tf.zerosLike(bound));
  const held = tf.add(onBound(low, p.lower), onBound(high, p.upper));
  return solveSystem(system, tf.sub(held, tf.mul(free, rest)));
}

/**
 * Quadratic programmes over a box by cyclic coordinate descent (each step exact): `run(x0, { Q, c, lower, upper })`. One
 * iteration is a sweep through all entries. Error: norm of the sweep's moves. Differentiated through x = clip(x - (Qx + c)), by
 * all four arguments. Throws ImplicitError 'bad-tensor' for shapes that do not fit, a Q that is not positive semidefinite with a
 * positive diagonal, and bounds that exclude each other. @default maxIter 5000
 */
export function boxCdQp(options: SolverOptions = {}): Solver<tf.Tensor, [BoxQuadraticProgramme], null> {
  checkSetup('boxCdQp', {}, options, SOLVER_NAMES);
  return createSolver<tf.Tensor, [BoxQuadraticProgramme], null>(
    {
      optimality: boxQpResidual,
      maxIter: 5000,
      start: (x, programme) => {
        checkProgramme(x, programme);
        return null;
      },
      advance: (x, _, __, programme) => {
        const problem = problemOf(x, programme);
        const found = sweep(problem, programme.c, x);
        const next = isRecording()
          ? recordedSweep(problem, programme.c, x, found)
          : constant(found.x, x.shape);
        return { x: next, memory: null, error: norm(found.moved) };
      },
    },
    options,
  );
}

const FIELDS: NamesOf<BoxQuadraticProgramme> = { Q: true, c: true, lower: true, upper: true };

function checkProgramme(x: tf.Tensor, given: BoxQuadraticProgramme): void {
  checkFields('box quadratic programme', given, FIELDS);
  const { Q, c, lower, upper } = given;
  checkTensors('box quadratic programme', { Q, c });
  if (x.rank !== 1 || x.size !== c.size) {
    throw new ImplicitError(
      'bad-tensor',
      `box quadratic programme: the start and c must be vectors of one length, got [${x.shape.join(', ')}] and [${c.shape.join(', ')}]`,
    );
  }
  const programme = readProgramme({ Q, c });
  checkConvex(programme);
  checkBox(x, { lower, upper });
  const n = programme.n;
  const at = programme.quadratic.findIndex((value, i) => i % (n + 1) === 0 && !(value > 0));
  if (at < 0) return;
  throw new ImplicitError(
    'bad-tensor',
    `box quadratic programme: the diagonal of Q must be above 0, got ${programme.quadratic[at]} at entry ${at % n}`,
    { hint: 'Add a small ridge to Q, or use boxOsqp.' },
  );
}
