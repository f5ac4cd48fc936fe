import { Loadable } from './loadable.svelte.ts';

/** What is tried on request before the run that is set up. */
export class Weighing<Outcome> {
  readonly outcome = new Loadable<Outcome>();
  readonly #ask: () => Promise<Outcome>;
  #key = $state('');

  constructor(ask: () => Promise<Outcome>) {
    this.#ask = ask;
  }

  /** Weighs for the setup; `key` names what the outcome depends on. */
  weigh(key: string): void {
    if (key !== this.#key) this.outcome.set(undefined);
    this.#key = key;
    void this.outcome.load(this.#ask);
  }

  /** The outcome for the setup with this key, if that is the one at hand. */
  outcomeFor(key: string): Outcome | undefined {
    return key === this.#key ? this.outcome.value : undefined;
  }
}
