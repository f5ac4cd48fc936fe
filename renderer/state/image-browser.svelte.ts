import type { ImageDetail, RunImage, RunKey, Waterfall } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';

/** One image of a run at a time: its maps, and what each concept adds to the logit. */
export class ImageBrowser {
  readonly list = new Loadable<readonly RunImage[]>();
  readonly detail = new Loadable<ImageDetail>();
  readonly waterfall = new Loadable<Waterfall>();
  image = $state(0);
  /** The method of the maps; absent: the workbench's default. */
  method = $state<string>();
  /** The concept whose map lies over the picture; null: the most important here. */
  conceptId = $state<string | null>(null);
  /** Held away to see the picture itself. */
  isOverlayShown = $state(true);
  readonly #connection: Connection;
  readonly #run: RunKey;
  #isOpen = false;

  constructor(connection: Connection, run: RunKey) {
    this.#connection = connection;
    this.#run = run;
  }

  readonly current = $derived(this.list.value?.find(({ image }) => image === this.image));

  /** Reads the images, once. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    void this.list.load(() => this.#connection.api.listRunImages(this.#run));
    this.#read();
  }

  /** Reads what is shown of the image again, where anything is. */
  readAgain(): void {
    if (this.#isOpen) this.#read();
  }

  show(image: number): void {
    if (image === this.image && this.detail.value !== undefined) return;
    this.image = image;
    this.#read();
  }

  step(by: number): void {
    const images = this.list.value ?? [];
    const at = images.findIndex(({ image }) => image === this.image);
    const next = images[Math.min(images.length - 1, Math.max(0, at + by))];
    if (next !== undefined) this.show(next.image);
  }

  setMethod(method: string): void {
    this.method = method;
    this.#readDetail();
  }

  #read(): void {
    this.#readDetail();
    const { image } = this;
    void this.waterfall.load(() => this.#connection.api.getWaterfall({ ...this.#run, image }));
  }

  #readDetail(): void {
    const { image, method } = this;
    void this.detail.load(() =>
      this.#connection.api.getImage({ ...this.#run, image, ...(method !== undefined && { method }) }),
    );
  }
}
