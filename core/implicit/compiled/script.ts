import type { Values } from '../float64/dense.ts';
import type { Value } from './graph.ts';
import { TraceFailure } from './trace-failure.ts';

/** What a traced function asked for: a description of the request, and the values it was answered with. */
interface Line {
  readonly request: string;
  readonly answer: readonly Value[];
}

/**
 * All that a traced function asked for, in order. Once it is written, the function can be run again and is answered from it:
 * no kernel is evaluated, and the first request that differs shows that the function now computes something else.
 */
export class Script {
  readonly #lines: Line[] = [];
  #at: number | undefined;

  /** From here on requests are compared, from the first. */
  rewind(): void {
    this.#at = 0;
  }

  /** Whether requests are compared. */
  get isWritten(): boolean {
    return this.#at !== undefined;
  }

  /** Whether everything was asked for that is written down. */
  get isAtEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  /** The answer to a request: made and written down the first time, the same again after. TraceFailure if it differs. */
  answer(request: string, make: () => readonly Value[]): readonly Value[] {
    if (this.#at === undefined) {
      const answer = make();
      this.#lines.push({ request, answer });
      return answer;
    }
    const line = this.#lines.at(this.#at++);
    if (line?.request !== request) throw differs();
    return line.answer;
  }

  /** The same for numbers that the function wrote down itself. */
  written(request: string, values: Values, make: () => Value): Value {
    const [value] = this.answer(request, () => [make()]);
    const before = value.constant!;
    for (let i = 0; i < values.length; i++) if (!Object.is(values[i], before[i])) throw differs();
    return value;
  }
}

/** Why a function that does so has no plan. */
export const differs = (): TraceFailure =>
  new TraceFailure('computes something else every time it runs: random numbers, or a state it changes');
