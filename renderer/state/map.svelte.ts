import type {
  ConceptMapPlane,
  ExportFile,
  ImageGroupsView,
  ImageMap,
  MapImages,
  MapSpace,
  RunImage,
  RunKey,
  SavedReport,
} from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import type { ColumnsState } from './columns.svelte.ts';
import { NONE_CHOSEN, toggled, withImages } from './chosen-images.ts';
import type { ImageBrowser } from './image-browser.svelte.ts';
import { Loadable } from './loadable.svelte.ts';
import {
  columnColouring,
  groupColouring,
  kindsOf,
  USUAL_COLOURINGS,
  type Colouring,
} from './map-colouring.ts';
import type { Telling } from './notices.svelte.ts';
import { saveAndTell } from './tell-saved.ts';

/** Up to so many images all are laid out at first; measuring more may take minutes. */
const MOST_AT_ONCE = 1000;

/** Begins the id of a colouring by how much of a concept there is. */
const BY_CONCEPT = 'concept:';

/** Images and concepts of a run on a plane: what is shown, how it is coloured, what is chosen. */
export class MapState {
  readonly map = new Loadable<ImageMap>();
  readonly concepts = new Loadable<ConceptMapPlane>();
  readonly groups = new Loadable<ImageGroupsView>();
  /** How much of the concept that colours is in each image of the map. */
  readonly amounts = new Loadable<readonly number[]>();
  shown = $state<'images' | 'concepts'>('images');
  space = $state<MapSpace>('contributions');
  scope = $state<MapImages>('explained');
  colouringId = $state('judgement');
  /** Places of images in the run. */
  chosen = $state.raw(NONE_CHOSEN);
  isSaving = $state(false);
  readonly #connection: Connection;
  readonly #notices: Telling;
  readonly #run: RunKey;
  readonly #images: ImageBrowser;
  readonly #columns: ColumnsState;
  #isOpen = false;

  constructor(
    connection: Connection,
    notices: Telling,
    run: RunKey,
    { images, columns }: { readonly images: ImageBrowser; readonly columns: ColumnsState },
  ) {
    this.#connection = connection;
    this.#notices = notices;
    this.#run = run;
    this.#images = images;
    this.#columns = columns;
  }

  /** The images of the map, in its order. */
  readonly images = $derived.by((): readonly RunImage[] => {
    const all = this.#images.images;
    return (this.map.value?.images ?? []).flatMap((image) => all[image] ?? []);
  });
  readonly points = $derived(Float32Array.from(this.map.value?.points ?? []));
  /** Ways to colour by kinds. */
  readonly colourings = $derived.by((): readonly Colouring[] => [
    ...USUAL_COLOURINGS,
    ...(this.groups.value?.groups.length ? [groupColouring(this.groups.value)] : []),
    ...this.#columns.facets.map(columnColouring),
  ]);
  /** The concept that colours; undefined where kinds do. */
  readonly colourConcept = $derived(
    this.colouringId.startsWith(BY_CONCEPT) ? this.colouringId.slice(BY_CONCEPT.length) : undefined,
  );
  readonly kinds = $derived.by(() => {
    const found = this.colourings.find(({ id }) => id === this.colouringId);
    return found === undefined ? [] : kindsOf(this.images, found);
  });

  /** Reads the map, once, as soon as it is known which images there are. */
  open(): void {
    this.#images.open();
    if (this.#isOpen || !this.#images.isWhole) return;
    this.#isOpen = true;
    if (this.#images.images.length <= MOST_AT_ONCE) this.scope = 'all';
    this.#read();
    void this.concepts.load(() => this.#connection.api.getConceptMap(this.#run));
  }

  setSpace(space: MapSpace): void {
    this.space = space;
    this.#readMap();
  }

  setScope(scope: MapImages): void {
    this.scope = scope;
    this.chosen = NONE_CHOSEN;
    this.#read();
    this.setColouring(this.colouringId);
  }

  setColouring(id: string): void {
    this.colouringId = id;
    const concept = this.colourConcept;
    const { scope: images } = this;
    this.amounts.set(undefined);
    if (concept !== undefined)
      void this.amounts.load(() => this.#connection.api.getMapAmounts({ ...this.#run, images, concept }));
  }

  colourByConcept(concept: string): void {
    this.setColouring(`${BY_CONCEPT}${concept}`);
  }

  /** Chooses images in the place of those that are chosen, or beside them. */
  choose(images: readonly number[], isMore = false): void {
    this.chosen = withImages(isMore ? this.chosen : NONE_CHOSEN, images);
  }

  /** Takes images off where all of them are chosen, else chooses them too. */
  toggle(images: readonly number[]): void {
    this.chosen = toggled(this.chosen, images);
  }

  /** Saves the paths of what is chosen as a table. */
  savePaths(): Promise<void> {
    const images = [...this.chosen].sort((a, b) => a - b);
    return this.#save(
      () => this.#connection.api.exportPaths({ ...this.#run, images }),
      'selected images.csv',
    );
  }

  saveRun(file: ExportFile): Promise<void> {
    return this.#save(() => this.#connection.api.exportRun({ ...this.#run, file }), file);
  }

  async #save(write: () => Promise<SavedReport>, name: string): Promise<void> {
    this.isSaving = true;
    const stopped = 'The export was not saved: its writing was stopped.';
    await saveAndTell(this.#notices, write, { name, stopped });
    this.isSaving = false;
  }

  #read(): void {
    this.groups.set(undefined);
    this.#readMap();
    const { scope: images } = this;
    void this.groups.load(() => this.#connection.api.getImageGroups({ ...this.#run, images }));
  }

  #readMap(): void {
    const { space, scope: images } = this;
    this.map.set(undefined);
    void this.map.load(() => this.#connection.api.getImageMap({ ...this.#run, space, images }));
  }
}
