import { SvelteSet } from 'svelte/reactivity';
import type { ConceptTree, DecompositionLayer, RunKey, TreeItem } from '../../main/api/contract.ts';
import { isCancelled, type Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Telling } from './notices.svelte.ts';

/** Concepts and their parts: the tree, which node is selected or open, and a decomposition under way. */
export class TreeState {
  readonly tree = new Loadable<ConceptTree>();
  readonly layers = new Loadable<readonly DecompositionLayer[]>();
  readonly collapsed = new SvelteSet<string>();
  /** What the light table shows. */
  view = $state<'gallery' | 'tree'>('gallery');
  /** The part that is selected; null while a concept of the run is. */
  partId = $state<string | null>(null);
  /** The part whose gallery is open. */
  openId = $state<string | null>(null);
  /** The concept that is being decomposed. */
  decomposingId = $state<string | null>(null);
  readonly #connection: Connection;
  readonly #notices: Telling;
  readonly #run: RunKey;
  #layersOf = '';

  constructor(connection: Connection, notices: Telling, run: RunKey) {
    this.#connection = connection;
    this.#notices = notices;
    this.#run = run;
  }

  readonly items = $derived(this.tree.value?.items ?? []);
  readonly part = $derived(this.find(this.partId));
  readonly opened = $derived(this.find(this.openId));

  find(id: string | null): TreeItem | undefined {
    return id === null ? undefined : this.items.find((item) => item.id === id);
  }

  /** Reads the tree; again when names or parts have changed. */
  read(): Promise<void> {
    return this.tree.load(() => this.#connection.api.getTree(this.#run));
  }

  /** Selects a part, or with null none: then the selected concept of the run is meant. */
  select(partId: string | null): void {
    this.partId = partId;
    if (partId === null) this.openId = null;
  }

  toggle(id: string): void {
    if (!this.collapsed.delete(id)) this.collapsed.add(id);
  }

  /** Shows the gallery of a part. */
  open(id: string): void {
    this.partId = id;
    this.openId = id;
    this.view = 'gallery';
  }

  readLayers(concept: string): void {
    if (this.#layersOf === concept) return;
    this.#layersOf = concept;
    this.layers.set(undefined);
    void this.layers.load(() => this.#connection.api.listDecompositionLayers({ ...this.#run, concept }));
  }

  /** Decomposes a concept or part; the tree shows its parts when it is done. */
  async decompose(concept: string, choice: { layer?: string; parts?: number }): Promise<void> {
    this.decomposingId = concept;
    try {
      this.tree.set(await this.#connection.api.decomposeConcept({ ...this.#run, concept, ...choice }));
      this.collapsed.delete(concept);
      this.view = 'tree';
      this.openId = null;
      const count = this.find(concept)?.parts.length ?? 0;
      this.#notices.tell(`Decomposed into ${count} parts.`);
    } catch (error) {
      if (isCancelled(error)) this.#notices.tell('The decomposition was stopped.');
      else this.#notices.fail(error);
    } finally {
      this.decomposingId = null;
    }
  }
}
