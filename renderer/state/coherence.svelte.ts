import type { CheckSize, CoherenceCheck, ConceptCoherence, RunKey } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Telling } from './notices.svelte.ts';
import { whileBusy } from './while-busy.ts';

/** The analyst's own test of whether concepts hold together: what is known of it, and the check under way. */
export class CoherenceState {
  readonly found = new Loadable<readonly ConceptCoherence[]>();
  /** The check that is on the screen, in place of the concepts; null where none is. */
  check = $state.raw<CoherenceCheck | null>(null);
  /** Sets of it that have an answer. */
  answered = $state(0);
  isBusy = $state(false);
  readonly #api: Connection['api'];
  readonly #run: RunKey;
  readonly #notices: Telling;

  constructor({ api }: Connection, notices: Telling, run: RunKey) {
    [this.#api, this.#notices, this.#run] = [api, notices, run];
  }

  /** Crops that are asked about now; undefined once all sets have an answer. */
  readonly current = $derived(this.check?.sets[this.answered]);

  read(): Promise<void> {
    return this.found.load(() => this.#api.listCoherence(this.#run));
  }

  of(concept: string): ConceptCoherence | undefined {
    return this.found.value?.find((one) => one.concept === concept);
  }

  /** Begins a check, or goes on with the one that was left. */
  begin(size: CheckSize): Promise<void> {
    return this.#alone(async () => {
      const check = await this.#api.drawCoherenceCheck({ ...this.#run, size });
      this.answered = check.answered;
      this.check = check;
    });
  }

  /** Keeps the answer to the current set, the place of a crop, before the next is shown. */
  answer(crop: number): Promise<void> {
    const { check, answered } = this;
    if (check === null || this.current === undefined) return Promise.resolve();
    return this.#alone(async () => {
      const { number, size } = check;
      await this.#api.answerCoherenceSet({ ...this.#run, number, size, set: answered, crop });
      this.answered = answered + 1;
      if (this.current === undefined) await this.read();
    });
  }

  /** Back to the concepts; answers that were given are kept. */
  leave(): Promise<void> {
    this.check = null;
    return this.read();
  }

  async #alone(act: () => Promise<void>): Promise<void> {
    if (!this.isBusy) await whileBusy(this, this.#notices, act);
  }
}
