import { joined } from './iterative.ts';
import { denseBlocks, denseOperator } from './linear-operator.ts';
import type { LinearOperator, LinearSolver } from './linear-operator.ts';
import { checkLengths } from './prepare.ts';

/** A dense solver that also takes batches: one factorisation a sample, of its own block. */
export function perBlock(solver: LinearSolver): LinearSolver {
  return (operator, b, options = {}) => {
    const { size, batch = 1 } = operator;
    if (batch === 1) return solver(operator, b, options);
    checkLengths(operator, b, options);
    const n = size / batch;
    return joined(
      blocksOf(operator).map((block, i) => {
        const { init, ...rest } = options;
        const own = init ? { ...rest, init: init.slice(i * n, (i + 1) * n) } : rest;
        return solver(block, b.slice(i * n, (i + 1) * n), own);
      }),
      n,
    );
  };
}

/** The systems of a batch, each by itself. */
export function blocksOf(operator: LinearOperator): LinearOperator[] {
  const { size, batch = 1 } = operator;
  const n = size / batch;
  const blocks = denseBlocks(operator);
  return Array.from({ length: batch }, (_, i) =>
    denseOperator(blocks.subarray(i * n * n, (i + 1) * n * n), n),
  );
}
