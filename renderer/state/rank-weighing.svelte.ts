import type { RankCurve } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';

/** The evidence for a number of concepts, before the run that is set up. */
export class RankWeighing {
  readonly curve = new Loadable<RankCurve>();
  readonly #connection: Connection;
  #key = $state('');

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Weighs for the setup; `key` names what the outcome depends on. */
  weigh(key: string): void {
    if (key !== this.#key) this.curve.set(undefined);
    this.#key = key;
    void this.curve.load(() => this.#connection.api.weighRanks({}));
  }

  /** The weighing of the setup with this key, if that is the one at hand. */
  curveFor(key: string): RankCurve | undefined {
    return key === this.#key ? this.curve.value : undefined;
  }
}
