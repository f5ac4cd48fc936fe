import type { ConceptEdit, ConceptItem, RunKey, RunResult } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { listedConcepts, neighbour } from './concept-order.ts';
import { CropPages } from './crop-pages.svelte.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Telling } from './notices.svelte.ts';

/** How the pictures of a gallery are shown. */
export type GalleryLook = 'crop' | 'context' | 'map';

/** A finished run: its concepts, what is selected, what was made of them. */
export class ResultState {
  /** Null where the project has no finished run. */
  readonly result = new Loadable<RunResult | null>();
  selectedId = $state<string | null>(null);
  /** The second concept of a side-by-side. */
  comparedId = $state<string | null>(null);
  /** Waiting for a second concept to merge with or to set beside. */
  pending = $state<'merge' | 'compare' | null>(null);
  isRenaming = $state(false);
  showHidden = $state(false);
  look = $state<GalleryLook>('crop');
  sort = $state<'coefficient' | 'effect'>('coefficient');
  places = $state<'all' | 'strongest'>('strongest');
  cellSize = $state(128);
  readonly #connection: Connection;
  readonly #notices: Telling;
  readonly #run: RunKey;

  constructor(connection: Connection, notices: Telling, run: RunKey) {
    this.#connection = connection;
    this.#notices = notices;
    this.#run = run;
  }

  readonly concepts = $derived(this.result.value?.concepts ?? []);
  readonly listed = $derived(listedConcepts(this.concepts, this.showHidden));
  readonly selected = $derived(this.find(this.selectedId) ?? this.listed[0]);
  readonly compared = $derived(this.find(this.comparedId));
  readonly hiddenCount = $derived(this.concepts.filter(({ isHidden }) => isHidden).length);

  find(id: string | null): ConceptItem | undefined {
    return id === null ? undefined : this.concepts.find((concept) => concept.id === id);
  }

  read(): Promise<void> {
    return this.result.load(() => this.#connection.api.getResult(this.#run));
  }

  /** Selects; ends a wait for a second concept by merging with it or setting it beside. */
  select(id: string): void {
    const first = this.selected?.id;
    const pending = this.pending;
    this.pending = null;
    if (pending === null || first === undefined || first === id) {
      this.selectedId = id;
      if (this.comparedId === id) this.comparedId = null;
    } else if (pending === 'merge') void this.edit({ kind: 'merge', concepts: [first, id] });
    else this.comparedId = id;
  }

  step(by: number): void {
    const next = neighbour(this.listed, this.selected?.id ?? null, by);
    if (next === undefined) return;
    if (this.pending === null) this.select(next.id);
    this.#notices.speak(next.name);
  }

  toggleHidden(concept: ConceptItem): void {
    void this.edit({ kind: concept.isHidden ? 'show' : 'hide', concept: concept.id });
  }

  async edit(edit: ConceptEdit): Promise<void> {
    const next = edit.kind === 'hide' ? neighbour(this.listed, edit.concept, 1) : undefined;
    await this.#change(() => this.#connection.api.editConcept({ ...this.#run, edit }));
    if (next !== undefined && !this.showHidden) this.selectedId = next.id;
    if (edit.kind === 'hide' || edit.kind === 'merge') {
      const text = edit.kind === 'hide' ? 'Hidden.' : 'Merged: shown as one concept.';
      this.#notices.tell(text, { label: 'Undo', run: () => void this.undo() });
    }
  }

  undo(): Promise<void> {
    const what = this.result.value?.undo ?? null;
    return what === null ? Promise.resolve() : this.#step('undoEdit', `Undone: ${what}`);
  }

  redo(): Promise<void> {
    const what = this.result.value?.redo ?? null;
    return what === null ? Promise.resolve() : this.#step('redoEdit', `Redone: ${what}`);
  }

  /** Pages of a concept's crops in the chosen order. */
  cropsOf(concept: string): CropPages {
    const { sort, places } = this;
    return new CropPages((offset, limit) =>
      this.#connection.api.listCrops({ ...this.#run, concept, sort, places, offset, limit }),
    );
  }

  async #step(method: 'undoEdit' | 'redoEdit', done: string): Promise<void> {
    await this.#change(() => this.#connection.api[method](this.#run));
    this.#notices.tell(done);
  }

  async #change(act: () => Promise<RunResult>): Promise<void> {
    try {
      this.result.set(await act());
    } catch (error) {
      this.#notices.fail(error);
    }
  }
}
