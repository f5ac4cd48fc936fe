import type {
  ImageDetail,
  ImageStrengths,
  RunImages,
  RunKey,
  Waterfall,
  WhyNot,
} from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import {
  EVERY_IMAGE,
  listedImages,
  type ConfusionCell,
  type ImageFilter,
  type ImageOrder,
} from './image-list.ts';
import type { ColumnLevel, ColumnsState } from './columns.svelte.ts';
import { Loadable } from './loadable.svelte.ts';
import type { ResultState } from './result.svelte.ts';

/** Images that are read at first, and at once after that: few are soon there, many take few questions. */
const FIRST_IMAGES = 500;
const MORE_IMAGES = 5000;

/** The method whose maps every run has. */
const AT_ONCE = 'coefficients';

/** The images that a run was given: which are listed, and one at a time its maps and what each concept adds. */
export class ImageBrowser {
  readonly list = new Loadable<RunImages>();
  readonly detail = new Loadable<ImageDetail>();
  readonly waterfall = new Loadable<Waterfall>();
  readonly whyNot = new Loadable<WhyNot>();
  /** How strong the concepts are in the images that the run did not explain, once it was asked for. */
  readonly measured = new Loadable<ImageStrengths>();
  image = $state(0);
  /** The method of the maps; absent: the workbench's default. */
  method = $state<string>();
  /** The concept whose map lies over the picture; null: the most important here. */
  conceptId = $state<string | null>(null);
  /** Held away to see the picture itself. */
  isOverlayShown = $state(true);
  filter = $state.raw<ImageFilter>(EVERY_IMAGE);
  order = $state<ImageOrder>('given');
  isMatrixOpen = $state(false);
  readonly #connection: Connection;
  readonly #run: RunKey;
  readonly #result: ResultState;
  readonly #columns: ColumnsState;
  #isOpen = false;
  /** What the answer to "why not?" is about. */
  #asked = '';

  constructor(
    connection: Connection,
    run: RunKey,
    { result, columns }: { readonly result: ResultState; readonly columns: ColumnsState },
  ) {
    this.#connection = connection;
    this.#run = run;
    this.#result = result;
    this.#columns = columns;
  }

  /** Those that were read so far. */
  readonly images = $derived(this.list.value?.images ?? []);
  readonly total = $derived(this.list.value?.total ?? 0);
  readonly isWhole = $derived(this.list.value !== undefined && this.images.length === this.total);
  /** What stands on the screen is still of the image before. */
  readonly isBehind = $derived(this.detail.value !== undefined && this.detail.value.image !== this.image);
  readonly current = $derived(this.images.at(this.image));
  readonly listed = $derived(
    listedImages(this.images, {
      filter: this.filter,
      order: this.order,
      columns: this.list.value?.confusion?.columns.map(({ index }) => index) ?? [],
      strengthOf: (concept, image) => this.#strengthOf(concept, image),
      isOfLevel: (level, image) => this.#columns.isOf(level, image),
    }),
  );
  /** Images in which nobody has looked for the concepts. */
  readonly unmeasured = $derived(
    this.measured.value ? 0 : this.images.filter(({ isExplained }) => !isExplained).length,
  );

  /** Reads the images, once. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    void this.#readList();
    this.#read();
  }

  /** Asks anew for what was answered of concepts: others are one now. */
  readAgain(): void {
    this.#asked = '';
    this.whyNot.set(undefined);
    this.measured.set(undefined);
    if (this.#isOpen) this.#read();
  }

  /** Shows an image; one that the filter holds back makes it let all through. */
  show(image: number): void {
    if (image < this.images.length && !this.listed.some((listed) => listed.image === image))
      this.filter = EVERY_IMAGE;
    if (image === this.image && this.detail.value !== undefined) return;
    this.image = image;
    this.#read();
  }

  step(by: number): void {
    const at = this.listed.findIndex(({ image }) => image === this.image);
    const next = this.listed[Math.min(this.listed.length - 1, Math.max(0, at + by))];
    if (next !== undefined) this.show(next.image);
  }

  /** Lists other images; the one that is shown is always one of them, if there are any. */
  setFilter(changes: Partial<ImageFilter>): void {
    this.filter = { ...this.filter, ...changes };
    const [first] = this.listed;
    if (first !== undefined && !this.listed.some(({ image }) => image === this.image)) this.show(first.image);
  }

  /** Lists the images of one cell of the confusion matrix, or takes that back. */
  setCell(cell: ConfusionCell | null): void {
    this.setFilter({ ...EVERY_IMAGE, cell });
  }

  /** Lists the images whose folder contradicts the model, the surest first. */
  showMistakes(): void {
    this.order = 'surest';
    this.setFilter({ ...EVERY_IMAGE, show: 'wrong' });
  }

  /** Lists the images of a value of a column, or the mistakes among them, the surest first. */
  showLevel(level: ColumnLevel, show: 'all' | 'wrong'): void {
    if (show === 'wrong') this.order = 'surest';
    this.setFilter({ ...EVERY_IMAGE, show, level });
  }

  setMethod(method: string): void {
    this.method = method;
    this.#readDetail();
  }

  /** Asks why an image is not called the other class. */
  askWhyNot(image: number, other: number): void {
    if (this.#asked === `${image} ${other}`) return;
    this.#asked = `${image} ${other}`;
    this.whyNot.set(undefined);
    void this.whyNot.load(() => this.#connection.api.getWhyNot({ ...this.#run, image, other }));
  }

  /** Looks for the concepts in the images that the run did not explain. */
  measure(): void {
    void this.measured.load(() => this.#connection.api.measureImages(this.#run));
  }

  #strengthOf(concept: string, image: number): number | undefined {
    const item = this.#result.find(concept);
    if (item === undefined) return undefined;
    return item.strengths[image] ?? this.measured.value?.strengths[image]?.[item.rank];
  }

  async #readList(): Promise<void> {
    await this.list.load(async (show) => {
      const page = (offset: number, limit: number): Promise<RunImages> =>
        this.#connection.api.listRunImages({ ...this.#run, offset, limit });
      let read = await page(0, FIRST_IMAGES);
      while (read.images.length < read.total) {
        show(read);
        const { images } = await page(read.images.length, MORE_IMAGES);
        // There are fewer than there were: the run was made anew.
        if (images.length === 0) return { ...read, total: read.images.length };
        read = { ...read, images: [...read.images, ...images] };
      }
      return read;
    });
    // What was to be listed before it was known what there is.
    this.setFilter({});
  }

  #read(): void {
    this.#readDetail();
    const { image } = this;
    this.waterfall.set(undefined);
    void this.waterfall.load(() => this.#connection.api.getWaterfall({ ...this.#run, image }));
  }

  #readDetail(): void {
    const { image, method } = this;
    const read = (by?: string): Promise<ImageDetail> =>
      this.#connection.api.getImage({ ...this.#run, image, ...(by !== undefined && { method: by }) });
    void this.detail.load(async (show) => {
      // Maps may take long to draw: what the run has of the image is shown until they are there.
      if (method !== AT_ONCE && this.detail.value?.image !== image) show(await read(AT_ONCE));
      return read(method);
    });
  }
}
