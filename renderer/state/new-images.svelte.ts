import type { RunKey, ScoredDetail, ScoredImages, ScoredQuery, ScoredRow } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { pathsOfDrop, pickOtherImages } from './file-picker.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Telling } from './notices.svelte.ts';
import { Pages } from './pages.svelte.ts';
import { saveAndTell } from './tell-saved.ts';

/** How the images are listed. */
export type ScoredOrder = Pick<ScoredQuery, 'sort' | 'descending' | 'isUnknown'>;

const FIRST_ORDER: ScoredOrder = { sort: 'rest', descending: true, isUnknown: false };

/** New images in the terms of one finished run. */
export class NewImagesState {
  /** Null where nothing was looked at yet. */
  readonly found = new Loadable<ScoredImages | null>();
  readonly detail = new Loadable<ScoredDetail>();
  order = $state.raw<ScoredOrder>(FIRST_ORDER);
  /** The concept whose amounts are listed; the run's first until one is chosen. */
  conceptId = $state<string | null>(null);
  /** Place in the list of the image that is looked at. */
  place = $state<number | null>(null);
  isLarge = $state(false);
  isSaving = $state(false);
  readonly #connection: Connection;
  readonly #notices: Telling;
  readonly #run: RunKey;

  constructor(connection: Connection, notices: Telling, run: RunKey) {
    this.#connection = connection;
    this.#notices = notices;
    this.#run = run;
  }

  /** Images in the chosen order; anew for each order. */
  readonly pages = $derived.by((): Pages<ScoredRow> | undefined => {
    const id = this.found.value?.id;
    const concept = this.conceptId ?? this.found.value?.concepts[0]?.id;
    if (id === undefined || concept === undefined) return undefined;
    const query = { ...this.#run, id, concept, ...this.order };
    return new Pages((offset, limit) => this.#connection.api.listScored({ ...query, offset, limit }));
  });

  /** What was found before in this window, if anything. */
  open(): void {
    if (this.found.value !== undefined || this.found.isLoading) return;
    void this.found.load(async () => {
      const found = await this.#connection.api.getScored(this.#run);
      if (found !== null) this.#begin(found);
      return found;
    });
  }

  score(paths: readonly string[]): Promise<void> {
    return this.found.load(async () => {
      const found = await this.#connection.api.scoreImages({ ...this.#run, paths });
      this.#begin(found);
      return found;
    });
  }

  pick(): Promise<void> {
    return this.#take(pickOtherImages(this.#connection));
  }

  /** Takes dropped images. Must be called before the drop event ends. */
  drop(transfer: DataTransfer): Promise<void> {
    return this.#take(pathsOfDrop(this.#connection, transfer));
  }

  sortBy(sort: ScoredOrder['sort']): void {
    const isSame = this.order.sort === sort;
    const isText = sort === 'file' || sort === 'predicted';
    this.reorder({ sort, descending: isSame ? !this.order.descending : !isText });
  }

  reorder(changes: Partial<ScoredOrder>): void {
    this.order = { ...this.order, ...changes };
    this.#close();
  }

  /** Lists the amounts of a concept, most first. */
  chooseConcept(id: string): void {
    this.conceptId = id;
    this.reorder({ sort: 'amount', descending: true });
  }

  /** Looks at the image at a place of the list. */
  show(place: number): void {
    const row = this.pages?.at(place);
    const id = this.found.value?.id;
    if (row === undefined || id === undefined) return;
    this.place = place;
    void this.detail.load(() => this.#connection.api.getScoredImage({ ...this.#run, id, index: row.index }));
  }

  step(by: number): void {
    const { pages, place } = this;
    if (pages?.total === undefined || place === null) return;
    const next = Math.min(pages.total - 1, Math.max(0, place + by));
    pages.ensure(next, next);
    if (pages.at(next) !== undefined) this.show(next);
  }

  async save(): Promise<void> {
    const id = this.found.value?.id;
    if (id === undefined) return;
    this.isSaving = true;
    await saveAndTell(this.#notices, () => this.#connection.api.saveScored({ ...this.#run, id }));
    this.isSaving = false;
  }

  async #take(reading: Promise<readonly string[]>): Promise<void> {
    try {
      const paths = await reading;
      if (paths.length > 0) await this.score(paths);
    } catch (error) {
      this.#notices.fail(error);
    }
  }

  #begin({ concepts, drifted }: ScoredImages): void {
    this.order = FIRST_ORDER;
    this.conceptId = drifted[0] ?? concepts[0]?.id ?? null;
    this.#close();
  }

  #close(): void {
    this.place = null;
    this.isLarge = false;
    this.detail.set(undefined);
  }
}
