import type { ConceptEdit, ConceptItem, RunInputs, RunKey, RunResult } from '../../main/api/contract.ts';
import { listText } from '../../core/wording/count-text.ts';
import { isCancelled, type Connection } from '../api.ts';
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
  /** What of its files is no longer what it was: known after the result, since every file is looked at. */
  readonly inputs = new Loadable<RunInputs>();
  selectedId = $state<string | null>(null);
  /** The second concept of a side-by-side. */
  comparedId = $state<string | null>(null);
  /** Waiting for a second concept to merge with or to set beside. */
  pending = $state<'merge' | 'compare' | null>(null);
  /** Names of the concepts that are being computed together. */
  merging = $state.raw<readonly string[] | null>(null);
  isRenaming = $state(false);
  showHidden = $state(false);
  look = $state<GalleryLook>('crop');
  sort = $state<'coefficient' | 'effect'>('coefficient');
  /** Crops of these images alone are in the galleries; null: of all. */
  only = $state.raw<readonly number[] | null>(null);
  places = $state<'all' | 'strongest'>('strongest');
  cellSize = $state(128);
  readonly #connection: Connection;
  readonly #notices: Telling;
  readonly #run: RunKey;
  readonly #onRegroup: () => void;

  /** `onRegroup`: other concepts are one now than when the result was read before. */
  constructor(connection: Connection, notices: Telling, run: RunKey, onRegroup: () => void) {
    this.#onRegroup = onRegroup;
    this.#connection = connection;
    this.#notices = notices;
    this.#run = run;
  }

  readonly concepts = $derived(this.result.value?.concepts ?? []);
  readonly listed = $derived(listedConcepts(this.concepts, this.showHidden));
  readonly selected = $derived(this.find(this.selectedId) ?? this.listed[0]);
  readonly compared = $derived(this.find(this.comparedId));
  /** Another text whenever other concepts are merged: what is shown of one of them is then another. */
  readonly grouping = $derived(groupingOf(this.result.value));
  readonly hiddenCount = $derived(this.concepts.filter(({ isHidden }) => isHidden).length);

  /** A concept by its id, or by that of one that was merged into it. */
  find(id: string | null): ConceptItem | undefined {
    return (
      this.concepts.find((concept) => concept.id === id) ??
      this.concepts.find(({ group }) => group.some((member) => member.id === id))
    );
  }

  /** Of one that was merged, the name that it has by itself. */
  nameOf(id: string): string {
    const found = this.find(id);
    const member = found?.group.find((one) => one.id === id);
    return member === undefined ? (found?.name ?? id) : `${member.name} (by itself)`;
  }

  async read(): Promise<void> {
    const before = this.result.value;
    await this.result.load(() => this.#connection.api.getResult(this.#run));
    this.#compare(before);
    if (this.result.value) void this.inputs.load(() => this.#connection.api.getRunInputs(this.#run));
  }

  /** Selects; ends a wait for a second concept by merging with it or setting it beside. */
  select(id: string): void {
    const first = this.selected?.id;
    const pending = this.pending;
    this.pending = null;
    if (pending === null || first === undefined || first === id) {
      this.selectedId = id;
      if (this.comparedId === id) this.comparedId = null;
    } else if (pending === 'merge') void this.merge([first, id]);
    else this.comparedId = id;
  }

  /** Computes concepts together and shows them as one, by the first; any of them may be merged already. */
  merge(concepts: readonly string[]): Promise<void> {
    return this.#regroup({ kind: 'merge', concepts }, concepts);
  }

  /** Shows the concepts that were merged into one by themselves again; `concept` is the first, or one to take out. */
  unmerge(concept: string): Promise<void> {
    return this.#regroup({ kind: 'unmerge', concept }, [concept]);
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
    const isFound = 'concept' in edit && this.find(edit.concept) !== undefined;
    const next = edit.kind === 'hide' && isFound ? neighbour(this.listed, edit.concept, 1) : undefined;
    await this.#change(() => this.#connection.api.editConcept({ ...this.#run, edit }));
    if (next !== undefined && !this.showHidden) this.selectedId = next.id;
    if (edit.kind === 'hide') this.#notices.tell('Hidden.', this.#wayBack);
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
    const { sort, places, only } = this;
    const within = only === null ? {} : { only };
    // Read anew where other concepts are merged into it.
    void this.grouping;
    return new CropPages((offset, limit) =>
      this.#connection.api.listCrops({ ...this.#run, concept, sort, places, ...within, offset, limit }),
    );
  }

  get #wayBack() {
    return { label: 'Undo', run: () => void this.undo() };
  }

  async #regroup(edit: ConceptEdit & { kind: 'merge' | 'unmerge' }, ids: readonly string[]): Promise<void> {
    if (this.merging !== null) return;
    this.merging = ids.map((id) => this.find(id)?.name ?? id);
    const names = listText(this.merging.map((name) => `“${name}”`));
    const before = this.result.value;
    try {
      this.result.set(await this.#connection.api.editConcept({ ...this.#run, edit }));
      this.#compare(before);
      const done = edit.kind === 'merge' ? `Computed together and merged: ${names}.` : `Unmerged: ${names}.`;
      this.#notices.tell(done, this.#wayBack);
    } catch (error) {
      if (isCancelled(error)) this.#notices.tell('The merge was stopped: nothing has changed.');
      else this.#notices.fail(error);
    } finally {
      this.merging = null;
    }
  }

  #compare(before: RunResult | null | undefined): void {
    if (before && groupingOf(before) !== this.grouping) this.#onRegroup();
  }

  async #step(method: 'undoEdit' | 'redoEdit', done: string): Promise<void> {
    await this.#change(() => this.#connection.api[method](this.#run));
    this.#notices.tell(done);
  }

  async #change(act: () => Promise<RunResult>): Promise<void> {
    const before = this.result.value;
    try {
      this.result.set(await act());
      this.#compare(before);
    } catch (error) {
      this.#notices.fail(error);
    }
  }
}

function groupingOf(result: RunResult | null | undefined): string {
  return JSON.stringify(
    result?.concepts.map(({ group }) => group.map(({ id }) => id)).filter(hasMembers) ?? [],
  );
}

function hasMembers(group: readonly string[]): boolean {
  return group.length > 0;
}
