import type { FrontierView, OptionControl, RankCurve, Setup } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';

/**
 * What evidence depends on: all that is set, but for the options that it compares and those of importance, which comes
 * later.
 */
export function evidenceKey(current: Setup | null, compared: readonly OptionControl['name'][]): string {
  const ignored = Object.fromEntries([...compared, 'samples', 'replicates'].map((name) => [name, 0]));
  return JSON.stringify([
    current?.key,
    current?.model?.sha256,
    current?.images?.roots,
    { ...current?.options, ...ignored },
  ]);
}

/** What is tried on request before the run that is set up. */
class Weighing<Outcome> {
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

/** The evidence for a number of concepts and for a layer, before the run that is set up. */
export class SetupEvidence {
  readonly ranks: Weighing<RankCurve>;
  readonly cuts: Weighing<FrontierView | null>;

  constructor({ api }: Connection) {
    this.ranks = new Weighing(() => api.weighRanks({}));
    this.cuts = new Weighing(() => api.compareCuts({}));
  }
}
