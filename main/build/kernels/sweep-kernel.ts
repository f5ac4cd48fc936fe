import { KINDS, OPERATION, type Kind } from '../../../core/autodiff/sparse-sweep/kernel-layout.ts';
import { add, zero } from './sweep/buffers.ts';
import { conv, depthwise } from './sweep/convolutions.ts';
import { load, storeRow } from './sweep/outer-tensors.ts';
import { average, choose, pool } from './sweep/poolings.ts';
import { list, mask } from './sweep/supports.ts';
import { local, procedure, type Callable } from './wat/functions.ts';
import type { KernelModule } from './wat/module.ts';
import { advance, callAt, increase, when } from './wat/statements.ts';
import { I32 } from './wat/values.ts';

/*
 * Rows of gradients of several cotangents at once, in float32, sixteen lanes a value, only where masks are open. Pointers
 * are byte addresses; the first 64 bytes of memory are zero. The layout of buffers, operations and programmes is said in
 * kernel-layout.ts. Every operation is a procedure of an operation's address and a row.
 */

/** Kinds that are computed for as many vectors of four lanes as the cotangents need. */
const VARIED = { conv, depthwise };
const OTHERS = { list, zero, pool, average, add, load, store: storeRow, choose, mask };
const isOther = (kind: Kind): kind is keyof typeof OTHERS => kind in OTHERS;

const operations: readonly Callable[] = [
  ...KINDS.filter(isOther).map((kind) => OTHERS[kind]),
  ...[4, 3, 2, 1].flatMap((vectors) => Object.values(VARIED).map((vary) => vary(vectors))),
];

/**
 * Carries out the steps of a programme between two addresses. The operation `lanes` sets how many vectors those after it
 * compute: the word at `weights`.
 */
const run = procedure('run', [I32, I32], (at, end) => {
  // Places in the table from the operations on four vectors to those on fewer.
  const narrower = local(0);
  advance(at, end, 8, () => {
    const op = local(at.load());
    const kind = local(op.load(OPERATION.kind));
    when(
      kind.equals(KINDS.indexOf('lanes')),
      () => narrower.set(I32.of(4).minus(op.load(OPERATION.weights).load()).times(2)),
      () => {
        when(kind.greaterOrEqual(KINDS.indexOf('conv')), () => increase(kind, narrower));
        callAt(kind, op, at.load(4));
      },
    );
  });
});

/** Kernel of core/autodiff/sparse-sweep. */
export const SWEEP_KERNEL: KernelModule = {
  memory: '(import "machine" "memory") 1 65536 shared',
  exports: { run },
  table: operations,
};
