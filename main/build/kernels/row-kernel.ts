import { func, local, multiplyAdd, procedure, type Local } from './wat/functions.ts';
import type { KernelModule } from './wat/module.ts';
import { doWhile, increase, range, store, storeLane, when } from './wat/statements.ts';
import { F64, I32, V128 } from './wat/values.ts';

/*
 * Vectorised loops over the rows of a factor, in float32. All matrices are row-major; pointers are byte addresses. What
 * they compute, and where the operands lie, is said in core/linalg/row-kernel.ts.
 */

/** Indices of the vectors or the rows of four. */
const FOUR = [0, 1, 2, 3];
const sumOfFour = <V extends { plus(other: V): V }>([a, b, c, d]: readonly V[]): V =>
  a.plus(b).plus(c.plus(d));

/** Addresses of four rows, `stride` bytes apart. */
function fourRows(at: I32, stride: I32): readonly I32[] {
  const second = local(at.plus(stride));
  return [at, second, second.plus(stride), second.plus(stride.times(2))];
}

/** One component of four rows. */
const gather = func('gather', [I32, I32], V128, (at, stride) => {
  const [, ...others] = fourRows(at, stride);
  return others.reduce((lanes, row, index) => lanes.withLane(index + 1, row), at.loadFirstLane());
});

/** The reverse of `gather`. */
const scatter = procedure('scatter', [I32, I32, V128], (at, stride, value) => {
  for (const [lane, row] of fourRows(at, stride).entries()) storeLane(lane, row, value);
});

/**
 * One coordinate step on four rows: x at `at` becomes max(x - gradient / G_kk, 0). Returns the squared projected
 * gradient there, over G_kk.
 */
const step = func('step', [I32, V128, V128], V128, (at, gradient, inverse) => {
  const x = local(at.loadVector());
  const move = local(gradient.times(inverse));
  // A NaN is kept, to be noticed in the loss.
  store(at, x.minus(move).pseudoMax(V128.zero));
  return gradient.times(move).and(x.greater(V128.zero).or(gradient.less(V128.zero)));
});

/** Copies four times four rows of [16, r] from or to `lanes` [r, 16], four to a vector. */
function eachFourRows(r: I32, lanes: I32, copy: (rowOffset: I32, at: I32) => void): void {
  range(4, 1, (part) => {
    const row = local(part.times(r.times(16)));
    const at = local(lanes.plus(part.times(16)));
    range(r, 1, () => {
      copy(row, at);
      increase(row, 4);
      increase(at, 64);
    });
  });
}

/**
 * Coordinate descent on sixteen rows at a time, four to a vector. `lanes` is scratch for 128 r bytes: first x, then the
 * correlation c, each [r, 16].
 */
export const sweep = func(
  'sweep',
  [I32, I32, I32, I32, I32, I32, I32, I32],
  F64,
  (x, c, gram, inverse, lanes, rows, r, sweeps) => {
    const stride = local(r.times(4));
    const size = local(r.times(64));
    const sum = local(F64.zero);
    range(rows, 16, () => {
      eachFourRows(r, lanes, (row, at) => {
        store(at, gather(x.plus(row), stride));
        store(at.plus(size), gather(c.plus(row), stride));
      });
      const projected = local(V128.zero);
      range(sweeps, 1, (count) => descend(projected, count, { gram, inverse, lanes, r, size }));
      sum.set(sum.plus(sumOfFour(FOUR.map((lane) => projected.lane(lane))).toF64()));
      eachFourRows(r, lanes, (row, at) => scatter(x.plus(row), stride, at.loadVector()));
      increase(x, size);
      increase(c, size);
    });
    return sum;
  },
);

/** One pass over the components of sixteen rows; the first, of `count` 0, adds to `projected`. */
function descend(
  projected: Local<V128>,
  count: I32,
  { gram, inverse, lanes, r, size }: Readonly<Record<'gram' | 'inverse' | 'lanes' | 'r' | 'size', I32>>,
): void {
  const g = local(gram);
  const xk = local(lanes);
  const inverses = local(inverse);
  range(r, 1, () => {
    // gradient = G_k · x - c_k, one accumulator for every four rows.
    const end = local(lanes.plus(size));
    const ck = local(xk.plus(size));
    const gradients = FOUR.map((part) => local(ck.loadVector(16 * part).negated()));
    const at = local(lanes);
    doWhile(() => {
      const factor = local(g.loadSplat());
      for (const [part, gradient] of gradients.entries())
        gradient.set(multiplyAdd(factor, at.loadVector(16 * part), gradient));
      increase(g, 4);
      increase(at, 64);
      return at.less(end);
    });
    const factor = local(inverses.loadSplat());
    for (const [part, gradient] of gradients.entries())
      gradient.set(step(xk.plus(16 * part), gradient, factor));
    when(count.equals(0), () => projected.set(projected.plus(sumOfFour<V128>(gradients))));
    increase(xk, 64);
    increase(inverses, 4);
  });
}

/**
 * Adds XᵀX to `gram` [r, pitch], its lower triangle only; four rows at a time. Whole vectors are read and written, so
 * that columns beyond the diagonal hold partial sums.
 */
export const gram = procedure('gram', [I32, I32, I32, I32], (x, result, rows, r) => {
  const stride = local(r.times(4));
  const pitch = local(stride.plus(15).and(-16));
  range(rows, 4, () => {
    range(r, 1, (i) => {
      const factors = fourRows(x.plus(i.times(4)), stride).map((at) => local(at.loadSplat()));
      const columns = fourRows(x, stride).map((at) => local(at));
      const g = local(result.plus(i.times(pitch)));
      const end = local(g.plus(i.times(4)));
      doWhile(() => {
        store(
          g,
          g
            .loadVector()
            .plus(sumOfFour(factors.map((factor, row) => factor.times(columns[row].loadVector())))),
        );
        for (const pointer of [g, ...columns]) increase(pointer, 16);
        return g.lessOrEqual(end);
      });
    });
    increase(x, stride.times(4));
  });
});

/** Kernel of core/linalg/row-kernel.ts. */
export const ROW_KERNEL: KernelModule = { memory: '(export "memory") 1', exports: { sweep, gram } };
