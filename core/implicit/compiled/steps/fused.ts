import { FUSED_KINDS, OPERATION_WORDS } from '../fused-kinds.ts';
import type { Op, Value } from '../graph.ts';
import type { PlanMemory } from '../plan-memory.ts';
import { isAlignedElementwise } from './elementwise.ts';
import type { Place, Step } from './step.ts';

/** Numbers that go through a chain at a time: few enough for all its values to stay in the cache. */
const BLOCK = 128;

const kinds: ReadonlyMap<string, number> = new Map(FUSED_KINDS.map((kind, i) => [kind, i]));

/** Whether an operation can be part of a chain. */
export function isFusible(op: Op): boolean {
  if (!kinds.has(op.kernel) || !isAlignedElementwise(op) || op.outputs[0].size === 0) return false;
  return op.kernel !== 'Step' || op.attrs.alpha === 0;
}

/**
 * The same operations in an order that keeps those of one size together: of those whose operands are there, one that
 * continues the chain, or else the first.
 */
export function chained(ops: readonly Op[]): readonly Op[] {
  const left = new Set(ops);
  const made = new Set<Value>(ops.flatMap(({ outputs }) => outputs));
  const isReady = ({ inputs }: Op): boolean => inputs.every(({ base }) => !made.has(base));
  const order: Op[] = [];
  let size = -1;
  while (left.size > 0) {
    const ready = [...left].filter(isReady);
    const next = ready.find((op) => isFusible(op) && op.outputs[0].size === size) ?? ready[0];
    size = isFusible(next) ? next.outputs[0].size : -1;
    left.delete(next);
    for (const output of next.outputs) made.delete(output);
    order.push(next);
  }
  return order;
}

/** Neighbours that can run as one chain; other operations stand alone. */
export function chainsOf(ops: readonly Op[]): readonly (readonly Op[])[] {
  const chains: Op[][] = [];
  for (const op of ops) {
    const last = chains.at(-1)?.at(-1);
    const continues = last && isFusible(op) && isFusible(last) && last.outputs[0].size === op.outputs[0].size;
    if (continues) chains.at(-1)!.push(op);
    else chains.push([op]);
  }
  return chains;
}

/** Maps of arrays of one size, in order; what is not read after them has no place in memory while they run. */
export interface Chain {
  readonly ops: readonly Op[];
  readonly isRead: (value: Value) => boolean;
}

/** Memory for a plan's programmes. */
export interface Room {
  readonly memory: PlanMemory;
  /** Sets numbers aside for as long as the plan lives. */
  readonly take: (length: number) => number;
  /** Where values are that nobody else reads, and single numbers that serve a whole block. */
  readonly scratch: number;
}

/** Numbers of scratch memory that a chain needs at most. */
export function scratchOf(ops: readonly Op[]): number {
  return 4 * ops.length * blockOf(ops[0].outputs[0].size);
}

const blockOf = (size: number): number => Math.min(BLOCK, size + (size % 2));

/** A chain of maps in one call of the kernel, block by block, so that it runs through the cache once. */
export function fusedStep({ ops, isRead }: Chain, place: Place, { memory, take, scratch }: Room): Step {
  const { size } = ops[0].outputs[0];
  const block = blockOf(size);
  const registers = new Map<Value, number>();
  const register = (value: Value): number => {
    const known = registers.get(value);
    if (known !== undefined) return known;
    const at = 8 * (scratch + registers.size * block);
    registers.set(value, at);
    return at;
  };
  const moving = (value: Value): number => 8 * place(value) + 1;
  const before: number[][] = [];
  const operand = (value: Value): number => {
    const known = registers.get(value.base);
    if (known !== undefined) return known;
    if (value.size === size) return moving(value);
    const at = register(value.base);
    before.push([0, at, 8 * place(value), 0, 0]);
    return at;
  };
  const body = ops.map(({ kernel, inputs, outputs: [output] }) => {
    const from = inputs.map(operand);
    const to = isRead(output) ? moving(output) : register(output);
    return [kinds.get(kernel)!, to, ...from, ...new Array<number>(3 - from.length).fill(0)];
  });
  const words = [...before, ...body].flat();
  const at = 8 * take(Math.ceil(words.length / 2));
  new Int32Array(memory.numbers.buffer).set(words, at / 4);
  const bodyAt = at + 4 * OPERATION_WORDS * before.length;
  const end = at + 4 * words.length;
  const bytes = 8 * (size + (size % 2));
  const { kernel } = memory;
  return () => kernel!.fused(at, bodyAt, end, bytes, 8 * block);
}
