import type { ConceptFactors } from '../../main/api/contract.ts';
import { isCancelled } from '../api.ts';

/** Steps that can be taken back. */
const REMEMBERED = 100;

/**
 * Concepts turned up and down, and what the model then says. Only the newest factors are asked for: while an answer
 * is on its way, those set meanwhile replace each other and go next, so that a slider never waits in a line.
 */
export class WhatIf<Answer> {
  /** Factors other than 1, by id. */
  factors = $state.raw<ConceptFactors>({});
  /** The last answer; it remains in sight until the next is there. */
  answer = $state.raw<Answer>();
  error = $state.raw<unknown>();
  isLoading = $state(false);
  /** A person has stopped it: there is no answer to the factors as they are. */
  isStopped = $state(false);
  #past = $state.raw<readonly ConceptFactors[]>([]);
  #ask: ((factors: ConceptFactors) => Promise<Answer>) | undefined;
  #isMoving = false;
  #wanted = 0;
  #turn = 0;

  readonly canUndo = $derived(this.#past.length > 0);
  readonly isChanged = $derived(Object.keys(this.factors).length > 0);

  /** Begins with every factor at 1; `ask` answers from then on. Without `asksNow` nothing is asked before a change. */
  begin(ask: (factors: ConceptFactors) => Promise<Answer>, { asksNow = true } = {}): void {
    this.#ask = ask;
    this.factors = {};
    this.#past = [];
    this.#isMoving = false;
    this.answer = undefined;
    this.error = undefined;
    this.isStopped = false;
    this.isLoading = false;
    this.#turn++;
    if (asksNow) void this.#send();
  }

  factorOf(id: string): number {
    return this.factors[id] ?? 1;
  }

  /** Moves a slider; the whole of a movement, up to {@link settle}, is one step of undo. */
  move(ids: readonly string[], factor: number): void {
    const changed = Object.fromEntries(ids.map((id) => [id, factor]));
    this.#change({ ...this.factors, ...changed }, !this.#isMoving);
    this.#isMoving = true;
  }

  settle(): void {
    this.#isMoving = false;
  }

  /** Sets all factors at once. */
  set(factors: ConceptFactors): void {
    this.settle();
    this.#change(factors, true);
  }

  undo(): void {
    const last = this.#past.at(-1);
    if (last === undefined) return;
    this.settle();
    this.#past = this.#past.slice(0, -1);
    this.#change(last, false);
  }

  retry = (): void => {
    void this.#send();
  };

  #change(factors: ConceptFactors, isStep: boolean): void {
    if (isStep) this.#past = [...this.#past.slice(1 - REMEMBERED), this.factors];
    this.factors = Object.fromEntries(Object.entries(factors).filter(([, factor]) => factor !== 1));
    void this.#send();
  }

  async #send(): Promise<void> {
    this.#wanted++;
    if (this.isLoading || this.#ask === undefined) return;
    const turn = this.#turn;
    this.isLoading = true;
    for (let asked = 0; asked !== this.#wanted && turn === this.#turn;) {
      asked = this.#wanted;
      const result = await settled(this.#ask(this.factors));
      if (turn !== this.#turn) return;
      if ('value' in result) this.answer = result.value;
      this.isStopped = 'error' in result && isCancelled(result.error);
      if (this.isStopped) this.answer = undefined;
      this.error = 'error' in result && !this.isStopped ? result.error : undefined;
    }
    this.isLoading = false;
  }
}

async function settled<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}
