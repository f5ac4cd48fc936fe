import type {
  CropPage,
  NamedClass,
  OverviewClassItem,
  OverviewConceptItem,
  OverviewView,
  PairView,
  ProjectKey,
} from '../../main/api/contract.ts';
import { isCancelled, type Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { saveAndTell } from './tell-saved.ts';

/** How classes are ordered: by the concepts they rest on, by name, those that are wrong most often first. */
export type ClassOrder = 'alike' | 'name' | 'mistakes';

/** A cell of the table of classes and concepts. */
interface Cell {
  readonly class: OverviewClassItem;
  readonly concept: OverviewConceptItem;
  /** Place of the class among those of the overview. */
  readonly at: number;
}

/** Crops that show a concept in one class. */
const CROPS = 12;

/** A whole model: its classes and the concepts that they have in common. */
export class OverviewState {
  /** Null where no finished run has concepts that other classes have too. */
  readonly overview = new Loadable<OverviewView | null>();
  /** Why the chosen pair is taken for one another. */
  readonly reasons = new Loadable<PairView>();
  /** The chosen cell's crops. */
  readonly crops = new Loadable<CropPage>();
  tab = $state<'concepts' | 'mistakes'>('concepts');
  order = $state<ClassOrder>('alike');
  filter = $state('');
  isStarting = $state(false);
  isSaving = $state(false);
  isMerging = $state(false);
  #chosen = $state.raw<{ readonly class: number; readonly concept: string } | null>(null);
  #project: ProjectKey | null = null;
  #bank: string | undefined;
  readonly #connection: Connection;
  readonly #notices: Notices;

  constructor(connection: Connection, notices: Notices) {
    this.#connection = connection;
    this.#notices = notices;
  }

  /** The cell that a person looks at. */
  readonly cell = $derived.by((): Cell | null => {
    const { value } = this.overview;
    const chosen = this.#chosen;
    if (!value || chosen === null) return null;
    const at = value.classes.findIndex(({ index }) => index === chosen.class);
    const concept = value.concepts.find(({ id }) => id === chosen.concept);
    return at < 0 || concept === undefined ? null : { class: value.classes[at], concept, at };
  });

  /** Reads the overview of a project; another project begins anew, the same one is read again. */
  read(project: ProjectKey | null): void {
    if (project !== this.#project) {
      this.#project = project;
      this.#bank = undefined;
      this.#chosen = null;
      this.filter = '';
      this.tab = 'concepts';
      this.overview.set(undefined);
      this.reasons.set(undefined);
    }
    if (project === null) this.overview.set(null);
    else void this.overview.load(() => this.#connection.api.getOverview(this.#question(project)));
  }

  /** Looks at another bank. */
  choose(bank: string): void {
    this.#bank = bank;
    this.#chosen = null;
    this.reasons.set(undefined);
    this.read(this.#project);
  }

  /** Looks at what a concept is for a class. */
  look(one: OverviewClassItem, concept: string): void {
    this.#chosen = { class: one.index, concept };
    const { value } = this.overview;
    if (!value) return;
    const { project } = value;
    const query = {
      project,
      runId: one.runId,
      concept,
      offset: 0,
      limit: CROPS,
      places: 'strongest',
    } as const;
    this.crops.set(undefined);
    void this.crops.load(() => this.#connection.api.listCrops(query));
  }

  /** Asks why images of one class are called another. */
  ask(truth: NamedClass, predicted: NamedClass): void {
    const { value } = this.overview;
    if (!value) return;
    this.tab = 'mistakes';
    const query = {
      project: value.project,
      bank: value.bank.id,
      truth: truth.index,
      predicted: predicted.index,
    };
    this.reasons.set(undefined);
    void this.reasons.load(() => this.#connection.api.explainPair(query));
  }

  /** Explains every class, or those that the bank does not explain yet. Did it begin? */
  async explainClasses(): Promise<boolean> {
    this.isStarting = true;
    try {
      const { value } = this.overview;
      const run = value?.classes.at(0);
      const like = value && run && { project: value.project, runId: run.runId, bank: value.bank.id };
      await this.#connection.api.explainEveryClass(like ? { like } : {});
      return true;
    } catch (error) {
      if (!isCancelled(error)) this.#notices.fail(error);
      return false;
    } finally {
      this.isStarting = false;
    }
  }

  /** Computes what classes lack of merged concepts, and shows these as one. */
  async computeMerges(): Promise<void> {
    const { value } = this.overview;
    if (!value || this.isMerging) return;
    this.isMerging = true;
    try {
      const query = { project: value.project, bank: value.bank.id };
      const completed = await this.#connection.api.computeBankMerges(query);
      if (this.#project !== query.project) return;
      this.overview.set(completed);
      if (completed?.apart.length === 0) this.#notices.tell('Computed together and merged for all classes.');
    } catch (error) {
      if (isCancelled(error)) this.#notices.tell('Stopped: what was computed is kept.');
      else this.#notices.fail(error);
    } finally {
      this.isMerging = false;
    }
  }

  async save(): Promise<void> {
    const { value } = this.overview;
    if (!value) return;
    this.isSaving = true;
    const query = { project: value.project, bank: value.bank.id };
    const stopped = 'The report was not saved: its writing was stopped.';
    await saveAndTell(this.#notices, () => this.#connection.api.saveOverview(query), { stopped });
    this.isSaving = false;
  }

  #question(project: ProjectKey) {
    return this.#bank === undefined ? { project } : { project, bank: this.#bank };
  }
}
