import type { ConceptDependence, RunAblation, RunKey } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import { WhatIf } from './what-if.svelte.ts';

/** "What if this concept were not there?" for all images of a run. */
export class WhatIfRun {
  readonly sliders = new WhatIf<RunAblation>();
  readonly dependence = new Loadable<readonly ConceptDependence[]>();
  readonly #connection: Connection;
  readonly #run: RunKey;

  /** Nothing is computed before a slider moves. */
  constructor(connection: Connection, run: RunKey) {
    this.#connection = connection;
    this.#run = run;
    this.restart();
  }

  /** Every concept as it is, nothing counted. */
  restart(): void {
    this.dependence.set(undefined);
    this.sliders.begin((factors) => this.#connection.api.ablateRun({ ...this.#run, factors }), {
      asksNow: false,
    });
  }

  /** Counts for every concept the images that are decided otherwise without it. */
  readDependence(): void {
    void this.dependence.load(() => this.#connection.api.getDependence(this.#run));
  }
}
