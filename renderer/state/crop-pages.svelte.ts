import type { CropItem, CropPage } from '../../main/api/contract.ts';

const PAGE = 200;

/** Crops of one concept in one order, read page by page as they come into sight. */
export class CropPages {
  total = $state<number>();
  error = $state.raw<unknown>();
  // Replaced as a whole, which is what is watched.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #pages = $state.raw<ReadonlyMap<number, readonly CropItem[]>>(new Map());
  // Nobody watches what was asked for.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #asked = new Set<number>();
  readonly #read: (offset: number, limit: number) => Promise<CropPage>;

  constructor(read: (offset: number, limit: number) => Promise<CropPage>) {
    this.#read = read;
  }

  /** The crop at a place of the order, once it is there. */
  at(index: number): CropItem | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Asks for the pages that hold `first … last`; each once. */
  ensure(first: number, last: number): void {
    for (let page = Math.floor(Math.max(0, first) / PAGE); page <= Math.floor(last / PAGE); page++) {
      if (!this.#asked.has(page)) void this.#readPage(page);
    }
  }

  retry = (): void => {
    this.error = undefined;
    this.ensure(0, PAGE - 1);
  };

  async #readPage(page: number): Promise<void> {
    this.#asked.add(page);
    try {
      const { total, crops } = await this.#read(page * PAGE, PAGE);
      // eslint-disable-next-line svelte/prefer-svelte-reactivity
      this.#pages = new Map(this.#pages).set(page, crops);
      this.total = total;
    } catch (error) {
      this.#asked.delete(page);
      this.error = error;
    }
  }
}
