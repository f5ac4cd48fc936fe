import type { Graph, Op, Value } from './graph.ts';
import { layOut } from './layout.ts';
import { planMemory } from './plan-memory.ts';
import type { Piece, PlanKernel, PlanMemory } from './plan-memory.ts';
import { schedule } from './schedule.ts';
import type { EntrySpec, Schedule } from './schedule.ts';
import { chainsOf, fusedStep, isFusible, scratchOf } from './steps/fused.ts';
import type { Room } from './steps/fused.ts';
import { elementwiseStep, isAlignedElementwise } from './steps/elementwise.ts';
import { isMove, moveStep } from './steps/gather.ts';
import { matmulStep, productOf } from './steps/matmul.ts';
import { reduceStep, reductionOf } from './steps/reduce.ts';
import type { Place, Step } from './steps/step.ts';
import { derivedStep, kernelStep } from './steps/whole-kernel.ts';

/** The quickest way there is to run an operation. */
function stepOf(op: Op, place: Place, kernel: PlanKernel | undefined): Step {
  if (isAlignedElementwise(op)) return elementwiseStep(op, place);
  if (op.kernel === 'Derived') return derivedStep(op, place);
  if (isMove(op)) return moveStep(op, place);
  const product = productOf(op);
  if (product) return matmulStep(op, product, place, kernel);
  const reduction = reductionOf(op);
  return reduction ? reduceStep(op, reduction, place) : kernelStep(op, place);
}

/** The steps of a list; maps that follow each other run as one where there is a kernel for it. */
function listSteps(ops: readonly Op[], place: Place, room: Room, isKept: (value: Value) => boolean): Step[] {
  const { kernel } = room.memory;
  return chainsOf(ops).flatMap((chain) => {
    if (!kernel || !isFusible(chain[0])) return chain.map((op) => stepOf(op, place, kernel));
    const others = ops.filter((op) => !chain.includes(op));
    const read = new Set(others.flatMap(({ inputs }) => inputs.map(({ base }) => base)));
    return [fusedStep({ ops: chain, isRead: (value) => isKept(value) || read.has(value) }, place, room)];
  });
}

const scratchFor = (lists: readonly (readonly Op[])[]): number =>
  Math.max(0, ...lists.flatMap(chainsOf).map((ops) => (isFusible(ops[0]) ? scratchOf(ops) : 0)));

/** Gives the memory of plans back that nobody holds any more. */
const finalizers = new FinalizationRegistry<{ memory: PlanMemory; pieces: readonly Piece[] }>(
  ({ memory, pieces }) => {
    for (const piece of pieces) memory.give(piece);
  },
);

/**
 * A traced function ready to run: a straight list of steps on memory that was set aside once, in 64 bits.
 *
 * Inputs come in stages: those of stage 0 are set and finished, then those of stage 1, and so on up to the stage of an
 * entry, which can then be run. What is set stays, so that a later stage can be set anew without the earlier ones.
 * Results are views: they hold until the next call.
 */
export class Plan<Entry extends string = string> {
  readonly #memory: PlanMemory;
  readonly #bytes: number;
  readonly #place: Place;
  readonly #schedule: Schedule;
  readonly #preludes: readonly (readonly Step[])[];
  readonly #bodies: ReadonlyMap<string, readonly Step[]>;
  readonly #entries: Readonly<Record<Entry, EntrySpec>>;
  readonly inputs: readonly Value[];

  constructor(
    graph: Graph,
    inputStages: readonly number[],
    entries: Readonly<Record<Entry, EntrySpec>>,
    memory = planMemory(),
  ) {
    this.#schedule = schedule(graph, inputStages, entries);
    const { fixed, temporary, length, constants } = layOut(this.#schedule);
    const pieces = [memory.take(length)];
    finalizers.register(this, { memory, pieces });
    const begin = pieces[0].at;
    const take = (count: number): number => {
      pieces.push(memory.take(count));
      return pieces.at(-1)!.at;
    };
    this.#memory = memory;
    this.#place = ({ base }) => begin + fixed.get(base)!;
    const lists = [...this.#schedule.preludes, ...this.#schedule.bodies.values()];
    const scratch = memory.kernel ? take(scratchFor(lists)) : 0;
    const steps = (ops: readonly Op[]): Step[] => {
      const here = temporary.get(ops)!;
      const place: Place = ({ base }) => begin + (here.get(base) ?? fixed.get(base))!;
      return listSteps(ops, place, { memory, take, scratch }, (value) => fixed.has(value));
    };
    this.#preludes = this.#schedule.preludes.map(steps);
    this.#bodies = new Map([...this.#schedule.bodies].map(([name, ops]) => [name, steps(ops)]));
    this.#bytes = 8 * pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#entries = entries;
    this.inputs = graph.inputs;
    for (const value of constants) memory.numbers.set(value.constant!, this.#place(value));
  }

  /** Steps of all lists together. */
  get steps(): number {
    return [...this.#preludes, ...this.#bodies.values()].reduce((sum, list) => sum + list.length, 0);
  }

  /** Memory in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Writes one input. */
  set(index: number, values: ArrayLike<number>): void {
    this.#memory.numbers.set(values, this.#place(this.inputs[index]));
  }

  /** Does what depends on the inputs up to a stage alone. Throws what the traced function's checks throw. */
  finish(stage: number): void {
    const { numbers } = this.#memory;
    for (const step of this.#preludes[stage]) step(numbers);
    for (const { value, check } of this.#schedule.checks[stage]) check(this.view(value).slice());
  }

  /** Does what is left for an entry; its results are read by `result`. */
  run(entry: Entry): void {
    const { numbers } = this.#memory;
    for (const step of this.#bodies.get(entry)!) step(numbers);
  }

  /** A view of one of an entry's results. */
  result(entry: Entry, index = 0): Float64Array {
    return this.view(this.#entries[entry].outputs[index]);
  }

  /** A view of any value that is kept: an input, a result. */
  view(value: Value): Float64Array {
    const at = this.#place(value);
    return this.#memory.numbers.subarray(at, at + value.size);
  }
}
