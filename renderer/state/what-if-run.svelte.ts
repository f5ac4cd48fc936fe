import type { ConceptDependence, RunAblation } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import { WhatIf } from './what-if.svelte.ts';

/** "What if this concept were not there?" for all images of a run. */
export class WhatIfRun {
  readonly sliders = new WhatIf<RunAblation>();
  readonly dependence = new Loadable<readonly ConceptDependence[]>();
  readonly #connection: Connection;
  #runId = '';

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Makes a run the one that is asked about; nothing is computed before a slider moves. */
  open(runId: string): void {
    if (this.#runId === runId) return;
    this.#runId = runId;
    this.dependence.set(undefined);
    this.sliders.begin((factors) => this.#connection.api.ablateRun({ runId, factors }), { asksNow: false });
  }

  /** Counts for every concept the images that are decided otherwise without it. */
  readDependence(): void {
    const runId = this.#runId;
    void this.dependence.load(() => this.#connection.api.getDependence({ runId }));
  }
}
