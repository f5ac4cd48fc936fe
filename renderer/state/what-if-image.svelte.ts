import type { ImageAblation, ImageCounterfactual } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import { WhatIf } from './what-if.svelte.ts';

/** "What if this concept were not there?" for one image of a run: sliders, and the smallest change that makes another class win. */
export class WhatIfImage {
  readonly sliders = new WhatIf<ImageAblation>();
  readonly smallestChange = new Loadable<ImageCounterfactual>();
  readonly #connection: Connection;
  #place = { runId: '', image: -1 };

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Makes an image the one that is asked about; sliders begin anew. */
  open(runId: string, image: number): void {
    if (this.#place.runId === runId && this.#place.image === image) return;
    this.#place = { runId, image };
    this.smallestChange.set(undefined);
    this.sliders.begin((factors) => this.#connection.api.ablateImage({ runId, image, factors }));
  }

  /** Looks for the smallest change that makes the class win, and sets the sliders to it. */
  async findSmallestChange(target: number): Promise<void> {
    const place = this.#place;
    await this.smallestChange.load(() => this.#connection.api.findCounterfactual({ ...place, target }));
    const found = this.smallestChange.value;
    if (found?.status === 'found' && place === this.#place) this.sliders.set(found.factors);
  }

  /** Every concept as it is. */
  reset(): void {
    this.smallestChange.set(undefined);
    this.sliders.set({});
  }
}
