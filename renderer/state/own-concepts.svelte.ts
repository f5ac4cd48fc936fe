import type {
  AlikeCrop,
  ConceptEdit,
  CropItem,
  OwnConceptItem,
  OwnConceptList,
  OwnExamples,
  RunKey,
} from '../../main/api/contract.ts';
import { NOT_DISTINCT } from '../../core/wording/own-concept-words.ts';
import { isCancelled, type Connection } from '../api.ts';
import type { DroppedFiles } from './dropped-files.ts';
import { folderOf, pickFolder } from './file-picker.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Telling } from './notices.svelte.ts';

/** A crop that a person picked. */
export type PickedCrop = Pick<CropItem, 'image' | 'box' | 'crop'>;

/** Crops that are like one, once they are found. */
interface AlikeSearch {
  readonly of: PickedCrop;
  readonly found: Loadable<readonly AlikeCrop[]>;
}

/** Like crops that are shown. */
const MOST_ALIKE = 300;

/** Is it the id of a concept that a person gave by examples? */
export function isOwnId(id: string): boolean {
  return id.startsWith('own-');
}

/** Concepts that a person gives by examples: those of the run, the crops picked for the next, and what is being made. */
export class OwnConcepts {
  readonly list = new Loadable<OwnConceptList>();
  /** The own concept that is shown in the place of one that was found. */
  selectedId = $state<string | null>(null);
  picks = $state.raw<readonly PickedCrop[]>([]);
  /** A folder that waits for the name of its concept. */
  folder = $state<string | null>(null);
  /** Name of the concept that is being made. */
  making = $state<string | null>(null);
  alike = $state.raw<AlikeSearch | null>(null);
  readonly #connection: Connection;
  readonly #notices: Telling;
  readonly #run: RunKey;
  readonly #onChange: () => void;
  readonly #edit: (edit: ConceptEdit) => Promise<void>;

  /** `onChange`: there are others than before; `edit` changes what is said of one. */
  constructor(
    connection: Connection,
    notices: Telling,
    run: RunKey,
    {
      onChange,
      edit,
    }: { readonly onChange: () => void; readonly edit: (edit: ConceptEdit) => Promise<void> },
  ) {
    this.#onChange = onChange;
    this.#edit = edit;
    this.#connection = connection;
    this.#notices = notices;
    this.#run = run;
  }

  readonly concepts = $derived(this.list.value?.concepts ?? []);
  /** Of the bank, and not yet computed for this run. */
  readonly pending = $derived(this.list.value?.pending ?? []);
  readonly hiddenCount = $derived(this.concepts.filter(({ isHidden }) => isHidden).length);
  /** With a rank that no concept of the run has, for its colour. */
  readonly selected = $derived.by(() => {
    const place = this.concepts.findIndex(({ id }) => id === this.selectedId);
    return place < 0 ? undefined : { ...this.concepts[place], rank: rankOfOwn(place) };
  });
  // Replaced as a whole, which is what is watched.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #picked = $derived(new Set(this.picks.map(keyOf)));

  read(): Promise<void> {
    return this.list.load(() => this.#connection.api.listOwnConcepts(this.#run));
  }

  select(id: string | null): void {
    this.selectedId = id;
  }

  isPicked(crop: PickedCrop): boolean {
    return this.#picked.has(keyOf(crop));
  }

  toggle(crop: PickedCrop): void {
    if (this.isPicked(crop)) this.picks = this.picks.filter((one) => keyOf(one) !== keyOf(crop));
    else this.pick([crop]);
  }

  /** Picks crops beside those that are picked. */
  pick(crops: readonly PickedCrop[]): void {
    this.picks = [...this.picks, ...crops.filter((crop) => !this.isPicked(crop))];
    this.#notices.speak(`${this.picks.length} picked`);
  }

  clearPicks(): void {
    this.picks = [];
  }

  /** Lets a person choose a folder of examples; a name is asked for next. */
  async chooseFolder(): Promise<void> {
    await this.#tried(async () => (this.folder = await pickFolder(this.#connection)));
  }

  /** Takes a dropped folder of examples. */
  async dropped(files: Promise<DroppedFiles>): Promise<void> {
    await this.#tried(async () => (this.folder = await folderOf(this.#connection, await files)));
  }

  /** Makes a concept of the picked crops. */
  async makeOfPicks(name: string): Promise<void> {
    const crops = this.picks.map(({ image, box }) => ({ image, box }));
    if (await this.make(name, { crops })) this.clearPicks();
  }

  /** Makes a concept of the folder that waits. */
  async makeOfFolder(name: string): Promise<void> {
    const { folder } = this;
    if (folder !== null && (await this.make(name, { folder }))) this.folder = null;
  }

  /** Makes a concept of examples and shows it; also of images, by their index in the run. Was it made? */
  async make(name: string, examples: OwnExamples): Promise<boolean> {
    if (this.making !== null) return false;
    this.making = name;
    try {
      const list = await this.#connection.api.makeOwnConcept({ ...this.#run, name, examples });
      this.list.set(list);
      this.#onChange();
      const made = list.concepts.at(-1);
      if (made === undefined) return false;
      this.selectedId = made.id;
      const verdict = made.isDistinct ? '' : ` It is ${NOT_DISTINCT}.`;
      this.#notices.tell(`Made “${made.name}”.${verdict}`, this.#wayBack(made.id, false));
      return true;
    } catch (error) {
      if (isCancelled(error)) this.#notices.tell('Stopped: no concept was made.');
      else this.#notices.fail(error);
      return false;
    } finally {
      this.making = null;
    }
  }

  /** Computes for this run what an own concept of its bank is in it, and shows it. */
  async compute({ id, name }: OwnConceptList['pending'][number]): Promise<void> {
    if (this.making !== null) return;
    this.making = name;
    try {
      this.list.set(await this.#connection.api.computeOwnConcept({ ...this.#run, concept: id }));
      this.#onChange();
      this.selectedId = id;
    } catch (error) {
      if (isCancelled(error)) this.#notices.tell(`Stopped: “${name}” is not computed for this run.`);
      else this.#notices.fail(error);
    } finally {
      this.making = null;
    }
  }

  /** Names one, notes something of it, hides or shows it. */
  async edit(edit: ConceptEdit): Promise<void> {
    await this.#edit(edit);
    await this.read();
  }

  /** Takes one out of sight in all runs of the bank, or back into it. */
  async toggleHidden({ id, isHidden }: Pick<OwnConceptItem, 'id' | 'isHidden'>): Promise<void> {
    if (!isHidden) this.selectedId = null;
    await this.edit({ kind: isHidden ? 'show' : 'hide', concept: id });
  }

  /** Takes an own concept away, with a way back. */
  async remove(concept: Pick<OwnConceptItem, 'id' | 'name'>): Promise<void> {
    await this.#show(concept.id, false);
    this.#notices.tell(`“${concept.name}” is taken away.`, this.#wayBack(concept.id, true));
  }

  /** Looks for crops like one. */
  findAlike(crop: PickedCrop): void {
    const found = new Loadable<readonly AlikeCrop[]>();
    const { image, box } = crop;
    this.alike = { of: crop, found };
    void found.load(() =>
      this.#connection.api.findAlikeCrops({ ...this.#run, image, box, limit: MOST_ALIKE }),
    );
  }

  #wayBack(id: string, isShown: boolean) {
    return { label: 'Undo', run: () => void this.#show(id, isShown) };
  }

  async #show(concept: string, isShown: boolean): Promise<void> {
    await this.#tried(async () => {
      this.list.set(await this.#connection.api.showOwnConcept({ ...this.#run, concept, isShown }));
      this.#onChange();
    });
  }

  async #tried(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#notices.fail(error);
    }
  }
}

/** Own concepts have the last hues of the palette, found ones the first. */
export function rankOfOwn(place: number): number {
  return 31 - (place % 8);
}

function keyOf({ image, box }: Pick<PickedCrop, 'image' | 'box'>): string {
  return [image, ...box].join(' ');
}
