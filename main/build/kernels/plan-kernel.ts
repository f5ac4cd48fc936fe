import { FUSED_KINDS, OPERATION_WORDS } from '../../../core/implicit/compiled/fused-kinds.ts';
import { elementwise } from './plan/elementwise.ts';
import { Doubles, storeDoubles, storeFirst } from './wat/doubles.ts';
import { local, procedure, type Local } from './wat/functions.ts';
import type { KernelModule } from './wat/module.ts';
import { advance, callAt, doWhile, fill, increase } from './wat/statements.ts';
import { I32, select } from './wat/values.ts';

/*
 * Products of matrices with vectors, rows of an elimination and chains of elementwise maps, in float64. Matrices are row-major without gaps; pointers are byte addresses. What
 * they compute is said in core/implicit/compiled/plan-kernel.ts.
 */

/** Rows that are multiplied at once. */
const FOUR = [0, 1, 2, 3];

/** The addresses of rows that follow each other. */
function rowsFrom(at: I32, stride: I32, count: number): Local<I32>[] {
  return FOUR.slice(0, count).map((row) => local(at.plus(stride.times(row))));
}

/** Sums of products of `count` rows with b, written to c; sums run over even and odd places by themselves. */
function dotRows(a: I32, b: I32, c: I32, stride: I32, count: number): void {
  const rows = rowsFrom(a, stride, count);
  const at = local(b);
  const end = local(b.plus(stride));
  const sums = rows.map(() => local(Doubles.zero));
  // Whole pairs, two at a time while there are so many.
  advance(at, end.minus(24), 32, () => {
    for (const offset of [0, 16]) {
      const factor = local(Doubles.load(at, offset));
      for (const [i, row] of rows.entries())
        sums[i].set(sums[i].plus(factor.times(Doubles.load(row, offset))));
    }
    for (const row of rows) increase(row, 32);
  });
  advance(at, end, 8, () => {
    const factor = local(Doubles.first(at));
    for (const [i, row] of rows.entries()) {
      sums[i].set(sums[i].plus(factor.times(Doubles.first(row))));
      increase(row, 8);
    }
  });
  for (const [i, sum] of sums.entries()) storeFirst(c.plus(8 * i), sum.plus(sum.swapped()));
}

/** c = A · b for A [n, k]; `stride` is 8 k, `end` the address after c. */
const timesVector = procedure('timesVector', [I32, I32, I32, I32, I32], (a, b, c, stride, end) => {
  advance(c, end.minus(24), 32, () => {
    dotRows(a, b, c, stride, 4);
    increase(a, stride.times(4));
  });
  advance(c, end, 8, () => {
    dotRows(a, b, c, stride, 1);
    increase(a, stride);
  });
});

/** c += Σ fᵢ · rowᵢ over `count` rows, in their order. */
function addRows(a: I32, b: I32, step: I32, c: I32, stride: I32, count: number): void {
  const rows = rowsFrom(a, stride, count);
  const factors = FOUR.slice(0, count).map((row) => local(Doubles.splat(b.plus(step.times(row)))));
  const at = local(c);
  const end = local(c.plus(stride));
  const sum = (load: (at: I32) => Doubles): Doubles =>
    rows.reduce<Doubles>((total, row, i) => total.plus(factors[i].times(load(row))), load(at));
  advance(at, end.minus(8), 16, () => {
    storeDoubles(
      at,
      sum((from) => Doubles.load(from)),
    );
    for (const row of rows) increase(row, 16);
  });
  advance(at, end, 8, () => {
    storeFirst(
      at,
      sum((from) => Doubles.first(from)),
    );
    for (const row of rows) increase(row, 8);
  });
}

/**
 * c = Aᵀ · b for A [k, n]; `stride` is 8 n, numbers of b are `step` bytes apart, `end` is the address after A and `fours`
 * that after the last row of four.
 */
const transposedTimesVector = procedure(
  'transposedTimesVector',
  [I32, I32, I32, I32, I32, I32, I32],
  (a, b, step, c, stride, fours, end) => {
    fill(c, 0, stride);
    advance(a, fours, 0, () => {
      addRows(a, b, step, c, stride, 4);
      increase(a, stride.times(4));
      increase(b, step.times(4));
    });
    advance(a, end, 0, () => {
      addRows(a, b, step, c, stride, 1);
      increase(a, stride);
      increase(b, step);
    });
  },
);

/**
 * One row of an elimination: at `row` the factor row / pivot, and the numbers after it less the factor times those after
 * `pivot`, up to `end`.
 */
const eliminate = procedure('eliminate', [I32, I32, I32], (row, pivot, end) => {
  const factor = local(Doubles.splat(row).dividedBy(Doubles.splat(pivot)));
  storeFirst(row, factor);
  increase(row, 8);
  increase(pivot, 8);
  advance(row, end.minus(8), 16, () => {
    storeDoubles(row, Doubles.load(row).minus(factor.times(Doubles.load(pivot))));
    increase(pivot, 16);
  });
  advance(row, end, 8, () => {
    storeFirst(row, Doubles.first(row).minus(factor.times(Doubles.first(pivot))));
    increase(pivot, 8);
  });
});

/** Carries out the operation at an address; odd addresses of operands move on by `offset`. */
function operate(at: I32, offset: I32, bytes: I32): void {
  const [to, ...operands] = [4, 8, 12, 16].map((word) => {
    const address = local(at.load(word));
    return address.and(-2).plus(address.and(1).times(offset));
  });
  callAt(at.load(), to, ...operands, bytes);
}

/**
 * Carries out the operations from `at` to `body` once, on one block, and those from `body` to `end` block by block, on
 * `bytes` in all. A chain of maps so runs through the cache once.
 */
const fused = procedure('fused', [I32, I32, I32, I32, I32], (at, body, end, bytes, block) => {
  const offset = local(0);
  advance(at, body, 4 * OPERATION_WORDS, () => operate(at, offset, block));
  doWhile(() => {
    const left = local(bytes.minus(offset));
    const here = local(select(left.less(block), left, block));
    const next = local(body);
    advance(next, end, 4 * OPERATION_WORDS, () => operate(next, offset, here));
    increase(offset, block);
    return offset.less(bytes);
  });
});

/** Kernel of core/implicit/compiled/plan-kernel.ts. */
export const PLAN_KERNEL: KernelModule = {
  memory: '(export "memory") 1',
  exports: { timesVector, transposedTimesVector, eliminate, fused },
  table: FUSED_KINDS.map((kind) => elementwise[kind]),
};
