import type { Graph, Op, Value } from './graph.ts';
import { layOut } from './layout.ts';
import { schedule } from './schedule.ts';
import type { EntrySpec, Schedule } from './schedule.ts';
import { elementwiseStep, isAlignedElementwise } from './steps/elementwise.ts';
import { isMove, moveStep } from './steps/gather.ts';
import { matmulStep, productOf } from './steps/matmul.ts';
import { reduceStep, reductionOf } from './steps/reduce.ts';
import type { Place, Step } from './steps/step.ts';
import { kernelStep } from './steps/whole-kernel.ts';

/** The quickest way there is to run an operation. */
function stepOf(op: Op, place: Place): Step {
  if (isAlignedElementwise(op)) return elementwiseStep(op, place);
  if (isMove(op)) return moveStep(op, place);
  const product = productOf(op);
  if (product) return matmulStep(op, product, place);
  const reduction = reductionOf(op);
  return reduction ? reduceStep(op, reduction, place) : kernelStep(op, place);
}

/**
 * A traced function ready to run: a straight list of steps on memory that was set aside once, in 64 bits.
 *
 * Inputs come in stages: those of stage 0 are set and finished, then those of stage 1, and so on up to the stage of an
 * entry, which can then be run. What is set stays, so that a later stage can be set anew without the earlier ones.
 * Results are views: they hold until the next call.
 */
export class Plan<Entry extends string = string> {
  readonly #memory: Float64Array;
  readonly #place: Place;
  readonly #schedule: Schedule;
  readonly #preludes: readonly (readonly Step[])[];
  readonly #bodies: ReadonlyMap<string, readonly Step[]>;
  readonly #entries: Readonly<Record<Entry, EntrySpec>>;
  readonly inputs: readonly Value[];

  constructor(graph: Graph, inputStages: readonly number[], entries: Readonly<Record<Entry, EntrySpec>>) {
    this.#schedule = schedule(graph, inputStages, entries);
    const { fixed, temporary, length, constants } = layOut(this.#schedule);
    this.#memory = new Float64Array(length);
    this.#place = ({ base }) => fixed.get(base)!;
    const steps = (ops: readonly Op[]): Step[] => {
      const here = temporary.get(ops)!;
      return ops.map((op) => stepOf(op, ({ base }) => (here.get(base) ?? fixed.get(base))!));
    };
    this.#preludes = this.#schedule.preludes.map(steps);
    this.#bodies = new Map([...this.#schedule.bodies].map(([name, ops]) => [name, steps(ops)]));
    this.#entries = entries;
    this.inputs = graph.inputs;
    for (const value of constants) this.#memory.set(value.constant!, this.#place(value));
  }

  /** Steps of all lists together. */
  get steps(): number {
    return [...this.#preludes, ...this.#bodies.values()].reduce((sum, list) => sum + list.length, 0);
  }

  /** Memory in bytes. */
  get bytes(): number {
    return this.#memory.byteLength;
  }

  /** Writes one input. */
  set(index: number, values: ArrayLike<number>): void {
    this.#memory.set(values, this.#place(this.inputs[index]));
  }

  /** Does what depends on the inputs up to a stage alone. Throws what the traced function's checks throw. */
  finish(stage: number): void {
    for (const step of this.#preludes[stage]) step(this.#memory);
    for (const { value, check } of this.#schedule.checks[stage]) check(this.view(value).slice());
  }

  /** Does what is left for an entry; its results are read by `result`. */
  run(entry: Entry): void {
    for (const step of this.#bodies.get(entry)!) step(this.#memory);
  }

  /** A view of one of an entry's results. */
  result(entry: Entry, index = 0): Float64Array {
    return this.view(this.#entries[entry].outputs[index]);
  }

  /** A view of any value that is kept: an input, a result. */
  view(value: Value): Float64Array {
    const at = this.#place(value);
    return this.#memory.subarray(at, at + value.size);
  }
}
