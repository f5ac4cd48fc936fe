import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../constant.ts';
import { ImplicitError } from '../errors.ts';
import { toFloat64 } from '../float64/float64-backend.ts';
import type { KktPoint } from '../optimality/kkt.ts';
import type { QuadraticProgramme } from '../optimality/quadratic-programme.ts';
import { withoutTape } from '../tape.ts';
import { shapesOf } from '../tree.ts';
import { clipTo } from './box.ts';
import { checkQp, quadraticProgramme } from './quadratic-programme.ts';
import type { QpOptions } from './quadratic-programme.ts';
import { createSolver } from './solver.ts';
import type { Solver, SolverState } from './solver.ts';
import { checkTensor, checkTensors } from '../checks.ts';
import { checkFields } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';

/** minimise ½ xᵀQx + cᵀx s.t. l <= A x <= u, for Q [n, n] (its symmetric part counts), c [n], A [m, n]; l and u may be infinite. */
export interface BoxedRowsProgramme {
  readonly Q: tf.Tensor;
  readonly c: tf.Tensor;
  readonly A: tf.Tensor;
  readonly l: tf.Tensor;
  readonly u: tf.Tensor;
}

/** A solution [n] with one multiplier for each row [m]: above 0 on the upper bound, below 0 on the lower one. */
export interface PrimalDualPoint {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

const times = (matrix: tf.Tensor, v: tf.Tensor, transpose = false): tf.Tensor =>
  tf.reshape(tf.matMul(matrix, tf.reshape(v, [v.size, 1]), transpose), [-1]);

/** { x: Qx + c + Aᵀy, y: Ax - clip(Ax + y) }. */
function boxedRowsResidual(
  { x, y }: PrimalDualPoint,
  { Q, c, A, l, u }: BoxedRowsProgramme,
): PrimalDualPoint {
  const symmetric = tf.mul(0.5, tf.add(Q, tf.transpose(Q)));
  const rows = times(A, x);
  return {
    x: tf.addN([times(symmetric, x), c, times(A, y, true)]),
    y: tf.sub(rows, clipTo(tf.add(rows, y), l, u)),
  };
}

/** The rows as equalities and one-sided inequalities: indices of rows that are equal, bounded above, bounded below. */
interface Sides {
  readonly equal: readonly number[];
  readonly above: readonly number[];
  readonly below: readonly number[];
}

function sidesOf(l: Float64Array, u: Float64Array): Sides {
  const rows = Array.from(l.keys());
  const equal = rows.filter((i) => l[i] === u[i]);
  const apart = rows.filter((i) => l[i] !== u[i]);
  return {
    equal,
    above: apart.filter((i) => u[i] !== Infinity),
    below: apart.filter((i) => l[i] !== -Infinity),
  };
}

function oneSided({ Q, c, A, l, u }: BoxedRowsProgramme, { equal, above, below }: Sides): QuadraticProgramme {
  const pick = (from: tf.Tensor, rows: readonly number[]): tf.Tensor =>
    tf.gather(from, tf.tensor1d([...rows], 'int32'));
  const equalities = equal.length > 0 ? { A: pick(A, equal), b: pick(u, equal) } : {};
  if (above.length + below.length === 0) return { Q, c, ...equalities };
  const parts: [tf.Tensor, tf.Tensor][] = [];
  if (above.length > 0) parts.push([pick(A, above), pick(u, above)]);
  if (below.length > 0) parts.push([tf.neg(pick(A, below)), tf.neg(pick(l, below))]);
  const G = tf.concat(
    parts.map(([rows]) => rows),
    0,
  );
  const h = tf.concat(
    parts.map(([, bounds]) => bounds),
    0,
  );
  return { Q, c, ...equalities, G, h };
}

/** One multiplier a row from those of the one-sided rows. */
function joined({ x, nu, mu }: KktPoint<tf.Tensor>, m: number, sides: Sides): PrimalDualPoint {
  const y = new Float64Array(m);
  const [free, signed] = [nu ? toFloat64(nu) : [], mu ? toFloat64(mu) : []];
  sides.equal.forEach((row, i) => (y[row] = free[i]));
  sides.above.forEach((row, i) => (y[row] += signed[i]));
  sides.below.forEach((row, i) => (y[row] -= signed[sides.above.length + i]));
  return { x: tf.clone(x), y: constant(y) };
}

/**
 * Quadratic programmes with two-sided rows, the form of OSQP: `run(x0, { Q, c, A, l, u })` -> { x, y }; the start is ignored. Rows with
 * l = u are equalities. Solved as {@link quadraticProgramme}, whose error, statuses (`infeasible`, `unbounded`) and limits it has;
 * differentiated through its own KKT conditions by all five arguments (for an equality, by l or u; add both). Steps are not
 * recorded by `unroll`. Throws ImplicitError 'bad-tensor' for shapes that do not fit, l > u, and a Q that is not positive semidefinite.
 * @default maxIter 400
 */
export function boxOsqp(
  options: QpOptions = {},
): Solver<PrimalDualPoint, [BoxedRowsProgramme], SolverState<KktPoint<tf.Tensor>>> {
  checkQp('boxOsqp', options);
  const inner = quadraticProgramme(options);
  const prepare = (p: BoxedRowsProgramme): { programme: QuadraticProgramme; sides: Sides } =>
    withoutTape(() => {
      const sides = checkedSides(p);
      return { programme: oneSided(p, sides), sides };
    });
  return createSolver<PrimalDualPoint, [BoxedRowsProgramme], SolverState<KktPoint<tf.Tensor>>>(
    {
      optimality: boxedRowsResidual,
      maxIter: 400,
      ignoresStart: true,
      start: (_, p) => inner.init({ x: tf.zerosLike(p.c) }, prepare(p).programme),
      advance: (_, state, __, p) => {
        const { programme, sides } = prepare(p);
        const next = inner.step(state as Parameters<typeof inner.step>[0], programme);
        const { error, verdict } = next;
        return {
          x: joined(next.x, p.l.size, sides),
          memory: next,
          error,
          ...(verdict ? { verdict } : {}),
        };
      },
    },
    options,
  );
}

const FIELDS: NamesOf<BoxedRowsProgramme> = { Q: true, c: true, A: true, l: true, u: true };

function checkedSides(programme: BoxedRowsProgramme): Sides {
  checkFields('box OSQP: the programme', programme, FIELDS);
  const { Q, c, A, l, u } = programme;
  checkTensors('box OSQP', { Q, c, A });
  checkTensor('box OSQP', 'l', l);
  checkTensor('box OSQP', 'u', u);
  const [m, n] = [l.size, c.size];
  if (A.rank !== 2 || A.shape[0] !== m || A.shape[1] !== n || l.rank !== 1 || u.size !== m) {
    throw new ImplicitError(
      'bad-tensor',
      `box OSQP: expected c [n], A [m, n], l [m], u [m], got ${shapesOf([c, A, l, u])}`,
    );
  }
  const [low, high] = [toFloat64(l), toFloat64(u)];
  const at = low.findIndex((value, i) => !(value <= high[i]));
  if (at < 0) return sidesOf(low, high);
  throw new ImplicitError(
    'bad-tensor',
    `box OSQP: l must not be above u, got ${low[at]} and ${high[at]} in row ${at}`,
  );
}
