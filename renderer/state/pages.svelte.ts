const PAGE = 200;

/** Some of a list that is read afar. */
interface Page<Item> {
  readonly total: number;
  readonly rows: readonly Item[];
}

/** Items of a long list in one order, read page by page as they come into sight. */
export class Pages<Item> {
  total = $state<number>();
  error = $state.raw<unknown>();
  // Replaced as a whole, which is what is watched.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #pages = $state.raw<ReadonlyMap<number, readonly Item[]>>(new Map());
  // Nobody watches what was asked for.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #asked = new Set<number>();
  readonly #read: (offset: number, limit: number) => Promise<Page<Item>>;

  constructor(read: (offset: number, limit: number) => Promise<Page<Item>>) {
    this.#read = read;
  }

  /** The item at a place of the order, once it is there. */
  at(index: number): Item | undefined {
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
      const { total, rows } = await this.#read(page * PAGE, PAGE);
      // eslint-disable-next-line svelte/prefer-svelte-reactivity
      this.#pages = new Map(this.#pages).set(page, rows);
      this.total = total;
    } catch (error) {
      this.#asked.delete(page);
      this.error = error;
    }
  }
}
