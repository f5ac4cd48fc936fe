import type {
  ConceptCostItem,
  ConceptCostList,
  ConceptFactors,
  EditFrontier,
  EditTrial,
  EditWay,
  FoundModelEdit,
  ModelEdit,
  OtherConcepts,
  RunKey,
} from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { pathsOfDrop, pickOtherImages } from './file-picker.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Telling } from './notices.svelte.ts';
import { saveAndTell } from './tell-saved.ts';

/** Taken unless another is chosen; the first of the words for ways. */
const USUAL: EditWay = 'pattern';

/** Concepts of one run that are taken out of its model, and what was tried of that. */
export class EditModelState {
  /** How much is left of each concept that is changed, below 1, by its id. */
  factors = $state.raw<ConceptFactors>({});
  /** Concepts at another layer, which a search found, in the place of the run's. */
  others = $state.raw<OtherConcepts | null>(null);
  how = $state<EditWay>(USUAL);
  /** Of `remove`: share of the largest amount up to which a concept is left alone. */
  above = $state(0);
  /** The only class whose score is edited; null: all scores are. */
  onlyClass = $state<string | null>(null);
  /** Folders of images that the run was not given. */
  heldOut = $state.raw<readonly string[]>([]);
  /** Columns of the project's table and marked objects: images with and without are counted by themselves, too. */
  by = $state.raw<readonly string[]>([]);
  readonly trial = new Loadable<EditTrial>();
  /** Does the search also look at other layers than the run's? */
  searchesAllLayers = $state(false);
  /** The edits that mend most and break fewest. */
  readonly found = new Loadable<EditFrontier>();
  /** What taking each concept out costs, over images of all classes. */
  readonly costs = new Loadable<ConceptCostList>();
  /** Which of the decisions that changed are shown; of the first kind that there is until one is chosen. */
  turn = $state<'fixed' | 'broken' | 'otherwise' | null>(null);
  isSaving = $state(false);
  isPackaging = $state(false);
  /** What was asked for the trial that is shown. */
  #tried = $state.raw<ModelEdit>();
  /** Folders that were held out in the search that is shown. */
  #searched = $state.raw<readonly string[]>([]);
  readonly #run: RunKey;
  readonly #connection: Connection;
  readonly #notices: Telling;

  constructor(connection: Connection, notices: Telling, run: RunKey) {
    this.#run = run;
    this.#connection = connection;
    this.#notices = notices;
  }

  /** The edit as it is set. */
  readonly asked = $derived.by((): ModelEdit => {
    const { factors, others, how, above, onlyClass, heldOut, by } = this;
    return {
      ...{ factors, how, heldOut },
      ...(others !== null && { others }),
      ...(how === 'remove' && above > 0 && { above }),
      ...(onlyClass !== null && { onlyClass }),
      ...(by.length > 0 && { by }),
    };
  });
  readonly isEmpty = $derived(Object.keys(this.factors).length === 0 && this.others === null);
  /** Is what was tried another edit than the one that is set? */
  readonly isStale = $derived(this.trial.value !== undefined && keyOf(this.#tried!) !== keyOf(this.asked));

  /** Was the search of other images than those that are set? */
  readonly isFoundStale = $derived(
    this.found.value !== undefined && this.#searched.join('\n') !== this.heldOut.join('\n'),
  );

  /** Sets how much of a concept is left; 1 leaves it as it is. */
  leave(id: string, factor: number): void {
    const more = Object.entries(this.factors).filter(([other]) => other !== id);
    this.factors = Object.fromEntries(factor === 1 ? more : [...more, [id, factor]]);
    this.others = null;
  }

  /** Takes these concepts out, and leaves all others as they are. */
  leaveOnly(ids: readonly string[]): void {
    this.factors = Object.fromEntries(ids.map((id) => [id, 0]));
    this.others = null;
  }

  /** Makes the edited model and judges it. What was tried before stays in sight until then. */
  try(): Promise<void> {
    const edit = this.asked;
    return this.trial.load(async () => {
      const found = await this.#connection.api.tryEdit({ ...this.#run, ...edit });
      this.#tried = edit;
      this.turn = null;
      return found;
    });
  }

  /** Looks for the edit that mends most and breaks fewest, on the run's images and those held out. */
  search(): Promise<void> {
    const { heldOut, searchesAllLayers: allLayers } = this;
    return this.found.load(async () => {
      const found = await this.#connection.api.searchEdits({ ...this.#run, heldOut, allLayers });
      this.#searched = heldOut;
      return found;
    });
  }

  /** Counts what each concept costs, on the run's images and those held out. */
  countCosts(): Promise<void> {
    const { heldOut } = this;
    return this.costs.load(() => this.#connection.api.countConceptCosts({ ...this.#run, heldOut }));
  }

  costOf(concept: string): ConceptCostItem | undefined {
    return this.costs.value?.concepts.find((one) => one.concept === concept);
  }

  /** Sets the edit that a search found. */
  take({ factors, others, how }: FoundModelEdit): void {
    this.factors = factors;
    this.others = others ?? null;
    this.onlyClass = null;
    this.how = how;
    this.above = 0;
  }

  /** Is the edit that is set the one that a search found? */
  isSetTo({ factors, others, how }: FoundModelEdit): boolean {
    const { heldOut, by } = this;
    const asked = { factors, how, heldOut, ...(others && { others }), ...(by.length > 0 && { by }) };
    return keyOf(this.asked) === keyOf(asked);
  }

  /** Saves all that is handed over of the run, with the edited model where one was tried. */
  async savePackage(): Promise<void> {
    this.isPackaging = true;
    const edit = this.trial.value === undefined ? null : (this.#tried ?? null);
    await saveAndTell(this.#notices, async () => {
      const saved = await this.#connection.api.savePackage({ ...this.#run, edit });
      if (saved.withoutMonitor !== null)
        this.#notices.tell(`The package has no monitor: ${saved.withoutMonitor}`);
      return saved;
    });
    this.isPackaging = false;
  }

  /** Saves the edited model, or what it does as a page. */
  async save(what: 'model' | 'page'): Promise<void> {
    const trial = this.trial.value;
    if (trial === undefined) return;
    this.isSaving = true;
    const { api } = this.#connection;
    const key = { ...this.#run, id: trial.id };
    const name = trial.modelName.replace(/(\.onnx)?$/i, ' edited');
    await (what === 'model'
      ? saveAndTell(this.#notices, () => api.saveEdited(key), { name: `${name}.onnx` })
      : saveAndTell(this.#notices, () => api.saveEditPage(key), { name: `${name} proof.html` }));
    this.isSaving = false;
  }

  /** Lets a person choose folders of images that the run was not given. */
  pick(): Promise<void> {
    return this.#add(pickOtherImages(this.#connection));
  }

  /** Takes dropped folders. Must be called before the drop event ends. */
  drop(transfer: DataTransfer): Promise<void> {
    return this.#add(pathsOfDrop(this.#connection, transfer));
  }

  leaveOut(folder: string): void {
    this.heldOut = this.heldOut.filter((other) => other !== folder);
  }

  /** Counts images with and without a cue by themselves; with `isCounted` false no longer. */
  countBy(name: string, isCounted: boolean): void {
    const others = this.by.filter((other) => other !== name);
    this.by = isCounted ? [...others, name] : others;
  }

  async #add(reading: Promise<readonly string[]>): Promise<void> {
    try {
      const folders = (await reading).filter((folder) => !this.heldOut.includes(folder));
      this.heldOut = [...this.heldOut, ...folders];
    } catch (error) {
      this.#notices.fail(error);
    }
  }
}

/** The same text for the same edit. */
function keyOf({ factors, ...others }: ModelEdit): string {
  return JSON.stringify([Object.entries(factors).sort(([a], [b]) => (a < b ? -1 : 1)), others]);
}
