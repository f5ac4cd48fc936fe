import type { ImageAblation, ImageCounterfactual, RunKey } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import { WhatIf } from './what-if.svelte.ts';

/** "What if this concept were not there?" for one image of a run: sliders, and the smallest change that makes another class win. */
export class WhatIfImage {
  readonly sliders = new WhatIf<ImageAblation>();
  readonly smallestChange = new Loadable<ImageCounterfactual>();
  readonly #connection: Connection;
  readonly #run: RunKey;
  #image = -1;

  constructor(connection: Connection, run: RunKey) {
    this.#connection = connection;
    this.#run = run;
  }

  /** Makes an image the one that is asked about; sliders begin anew. */
  open(image: number): void {
    if (this.#image === image) return;
    this.#image = image;
    this.restart();
  }

  /** Asks of the same image anew, if of any. */
  restart(): void {
    const image = this.#image;
    if (image < 0) return;
    this.smallestChange.set(undefined);
    this.sliders.begin((factors) => this.#connection.api.ablateImage({ ...this.#run, image, factors }));
  }

  /** Looks for the smallest change that makes the class win, and sets the sliders to it. */
  async findSmallestChange(target: number): Promise<void> {
    const image = this.#image;
    await this.smallestChange.load(() =>
      this.#connection.api.findCounterfactual({ ...this.#run, image, target }),
    );
    const found = this.smallestChange.value;
    if (found?.status === 'found' && image === this.#image) this.sliders.set(found.factors);
  }

  /** Every concept as it is. */
  reset(): void {
    this.smallestChange.set(undefined);
    this.sliders.set({});
  }
}
