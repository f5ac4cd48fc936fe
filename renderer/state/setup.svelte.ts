import type {
  ClassCounts,
  ImageTable,
  ImageTableQuery,
  OptionChanges,
  OptionControl,
  OptionValue,
  OutputTrial,
  Preview,
  PreprocessingTrial,
  RunEstimate,
  Setup,
} from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { CallError, isCancelled } from '../api.ts';
import { readDrop } from './dropped-files.ts';
import { give, pickFiles, type PickKind } from './file-picker.ts';
import { askedName } from '../../core/wording/score-words.ts';
import { ScoreMapsState } from './score-maps.svelte.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { RefusedNumber } from '../widgets/refused-number.ts';

/** Pictures shown with the model's predictions. */
const PREVIEWED = 12;
/** Up to so many images, predictions of all of them are made unasked. */
const AUTO_PREDICT_LIMIT = 2000;

/** What is still to be chosen, by the task. */
const MISSING = {
  multiclass: 'Choose the class to explain.',
  binary: 'Choose the answer to explain.',
  multilabel: 'Choose the label to explain.',
  regression: 'Choose whether higher or lower is explained.',
  embedding: 'Choose whether likeness or unlikeness is explained.',
} as const;

type Refusals = Readonly<Partial<Record<OptionControl['name'], RefusedNumber>>>;

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

/** Nothing is carried over to another project, another layer, or another value of the option. */
function stillRefused(refused: Refusals, before: Setup, after: Setup): Refusals {
  if (before.key !== after.key || before.options.layer !== after.options.layer) return {};
  return Object.fromEntries(
    Object.entries(refused).filter(([name]) => {
      const option = name as OptionControl['name'];
      return JSON.stringify(before.options[option]) === JSON.stringify(after.options[option]);
    }),
  );
}

/** What is set for the next run, and everything that is read to help with the choice. */
export class SetupState {
  current = $state.raw<Setup | null>(null);
  /** The options that can be set, in the order in which they are shown. */
  controls = $state.raw<readonly OptionControl[]>([]);
  isBusy = $state(false);
  #changing: Promise<unknown> = Promise.resolve();
  /** Numbers that were typed and not taken, by option: they are no part of the setup. */
  refused = $state.raw<Refusals>({});
  /** Why the last change was refused. */
  error = $state.raw<unknown>();
  readonly preview = new Loadable<Preview>();
  /** What each output of the model says. */
  readonly outputs = new Loadable<readonly OutputTrial[]>();
  readonly trials = new Loadable<readonly PreprocessingTrial[]>();
  readonly classes = new Loadable<ClassCounts>();
  /** What is shown of a model without a cut. */
  readonly scoreMaps: ScoreMapsState;
  readonly estimate = new Loadable<RunEstimate>();
  readonly table = new Loadable<ImageTable>();
  tableQuery = $state.raw<ImageTableQuery>({ offset: 0, limit: 100 });
  readonly #connection: Connection;
  readonly #notices: Notices;
  readonly #onTaken: (setup: Setup) => void;
  #inputsKey = '';
  #estimateKey = '';

  /** `onTaken` hears of every setup, however it came. */
  constructor(connection: Connection, notices: Notices, onTaken: (setup: Setup) => void) {
    this.#connection = connection;
    this.#notices = notices;
    this.#onTaken = onTaken;
    this.scoreMaps = new ScoreMapsState(connection, notices);
  }

  readonly layer = $derived.by(() => {
    const cuts = this.current?.model?.cutPoints ?? [];
    const chosen = this.current?.options.layer;
    return cuts.find((cut) => (chosen === undefined ? cut.proposed : cut.tensor === chosen));
  });

  readonly className = $derived.by(() => {
    const { options, model } = this.current ?? {};
    const index = options?.classIndex ?? null;
    return index === null ? null : askedName(model?.classNames[index] ?? `class ${index}`, options ?? {});
  });

  /** What still stands between the setup and a run, one sentence; null when it can start. */
  readonly missing = $derived.by(() => {
    if (!this.current?.model) return 'Add a model (.onnx) to start.';
    const { open, scores } = this.current.model;
    if (open !== null)
      return open.kind === 'ask'
        ? 'Choose what of the model is explained.'
        : 'This model gives nothing that can be explained.';
    if (this.current.model.noCut !== null)
      return 'This model cannot be cut, so there are no concepts to look for.';
    if (!this.current.images || this.current.images.count === 0) return 'Add images to start.';
    const { classIndex, reference } = this.current.options;
    if (scores?.task === 'embedding' && reference === undefined)
      return 'Choose a picture or folder to compare with.';
    if (classIndex === null) return MISSING[scores?.task ?? 'multiclass'];
    const wrong = this.controls.find(({ name }) => this.refused[name] !== undefined);
    return wrong === undefined ? null : `${wrong.label}: ${sentence(this.refused[wrong.name]!.why)}`;
  });

  readonly hasRefused = $derived(Object.keys(this.refused).length > 0);
  readonly canUndo = $derived(this.current?.canUndo === true || this.hasRefused);

  /** Takes a setup from an answer or an event, and reads anew what depends on what has changed in it. */
  take(setup: Setup): void {
    if (this.current !== null) this.refused = stillRefused(this.refused, this.current, setup);
    this.current = setup;
    this.#onTaken(setup);
    const inputsKey = JSON.stringify([setup.key, setup.asked, setup.model?.sha256, setup.images?.roots]);
    if (inputsKey !== this.#inputsKey) {
      this.#inputsKey = inputsKey;
      this.#readInputs(setup);
    }
    const estimateKey = JSON.stringify([inputsKey, setup.options]);
    if (estimateKey !== this.#estimateKey) {
      this.#estimateKey = estimateKey;
      this.#readEstimate(setup);
    }
  }

  /** Does something that answers with a setup; a refusal is kept in `error` and changes nothing. */
  change(act: () => Promise<Setup | null>): Promise<boolean> {
    const changing = this.#change(act);
    this.#changing = this.#changing.then(() => changing);
    return changing;
  }

  /** Is done when every change that is under way is. */
  async settled(): Promise<void> {
    await this.#changing;
  }

  async #change(act: () => Promise<Setup | null>): Promise<boolean> {
    this.isBusy = true;
    this.error = undefined;
    try {
      const setup = await act();
      if (setup !== null) this.take(setup);
      return setup !== null;
    } catch (error) {
      if (!isCancelled(error)) this.error = error;
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  setOptions(changes: OptionChanges): void {
    this.#forget(Object.keys(changes));
    void this.change(() => this.#connection.api.setOptions(changes));
  }

  /** Sets one option; null takes the choice back. */
  setOption(name: OptionControl['name'], value: OptionValue | null): void {
    this.setOptions({ [name]: value });
  }

  /** As {@link setOption}; a number that is refused stays with its reason in {@link refused}. */
  async setNumber(name: OptionControl['name'], value: number | null): Promise<void> {
    this.#forget([name]);
    if (await this.change(() => this.#connection.api.setOptions({ [name]: value }))) return;
    const { error } = this;
    if (value === null || !(error instanceof CallError) || error.code !== 'bad-usage') return;
    this.error = undefined;
    this.refuse(name, { text: String(value), why: error.message });
  }

  refuse(name: OptionControl['name'], refused: RefusedNumber): void {
    this.refused = { ...this.refused, [name]: refused };
  }

  /** Takes back what was typed and refused, else the last change. */
  async undo(): Promise<void> {
    if (this.hasRefused) this.refused = {};
    else await this.change(() => this.#connection.api.undoSetup());
  }

  pick(what: PickKind, images?: 'add' | 'replace'): Promise<boolean> {
    return this.change(() => pickFiles(this.#connection, what, images));
  }

  /** Says what becomes of the images that wait. */
  answerImages(way: 'add' | 'replace' | 'leave'): Promise<boolean> {
    return this.change(() => this.#connection.api.answerImages({ way }));
  }

  takeBackProject(key: string): void {
    void this.change(() => this.#connection.api.takeBackProject({ key }));
  }

  drop(transfer: DataTransfer): Promise<boolean> {
    const dropped = readDrop(transfer, this.#connection.host);
    return this.change(async () => give(this.#connection, await dropped));
  }

  predictAll(): void {
    void this.classes.load(() => this.#connection.api.predictAll()).then(() => this.readTable({}));
  }

  /** Counts so far, of what this page waits for. */
  takeClasses(counts: ClassCounts): void {
    if (this.classes.isLoading && counts.asked === this.current?.asked) this.classes.value = counts;
  }

  readOutputs(): void {
    void this.outputs.load(() => this.#connection.api.previewOutputs());
  }

  compareTrials(): void {
    void this.trials.load(() => this.#connection.api.comparePreprocessings());
  }

  readTable(changes: Partial<ImageTableQuery>): void {
    this.tableQuery = { ...this.tableQuery, offset: 0, ...changes };
    void this.table.load(() => this.#connection.api.listImages(this.tableQuery));
  }

  #forget(names: readonly string[]): void {
    this.refused = Object.fromEntries(Object.entries(this.refused).filter(([name]) => !names.includes(name)));
  }

  #readInputs(setup: Setup): void {
    this.scoreMaps.clear();
    this.trials.set(undefined);
    this.outputs.set(undefined);
    this.classes.set(undefined);
    this.preview.set(undefined);
    this.table.set(undefined);
    if (setup.images !== null) this.readTable({});
    if (setup.model === null || setup.images === null || setup.images.count === 0) return;
    if (setup.model.open !== null) return this.readOutputs();
    const { api } = this.#connection;
    void this.preview.load(() => api.previewImages({ limit: PREVIEWED }));
    if (setup.images.count <= AUTO_PREDICT_LIMIT) this.predictAll();
    this.#notices.speak(`${setup.images.count} images, ${setup.model.fileName}`);
  }

  #readEstimate(setup: Setup): void {
    const { model, images } = setup;
    if (model === null || model.open !== null || model.noCut !== null || images === null)
      return this.estimate.set(undefined);
    void this.estimate.load(() => this.#connection.api.estimate());
  }
}
