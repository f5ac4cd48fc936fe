import { createHash } from 'node:crypto';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { checkOptions } from '../../core/concepts/check-options.ts';
import type { FolderScan, ImageFile } from '../../core/images/folder-scan.ts';
import { keptLabelsOf } from '../../core/pipeline/reopen-model.ts';
import type { Storage } from '../../core/platform.ts';
import { loadRun } from '../../core/project/project-folder.ts';
import { createQueue } from '../../core/queue.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { ModelSummary, OptionChanges, PreprocessingChanges, Setup, SetupPart } from '../api/contract.ts';
import { CarriedError, serializeError } from '../api/serialize-error.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { ModelQuestion, Predictions } from '../compute/protocol.ts';
import { continuedRun } from './continued-run.ts';
import { refusalsOfUnsent, sortDropped, type Unsent } from './dropped-paths.ts';
import type { EventHub } from './events.ts';
import { createHistory, type History } from './history.ts';
import type { Places } from './places.ts';
import type { Projects } from './projects.ts';
import {
  changedOptions,
  emptySetup,
  explainOptionsOf,
  missing,
  MODEL_OPTIONS,
  modelOptions,
  optionsOfRun,
  setupOf,
  withDependent,
  type Explained,
  type SetupState,
} from './setup-state.ts';
import { scanStamp } from './scan-stamp.ts';
import { isOtherKnown, keepKnown, knownSteps, withKnown } from './setup-known.ts';
import { withMarks } from './setup-marks.ts';
import { withTable } from './setup-table.ts';
import { takeDropped, type DropSteps, type ImageWay, type Looked, type Taken } from './take-dropped.ts';

/** What the setup needs of the workbench. */
export interface SetupContext {
  readonly storage: Storage;
  readonly places: Places;
  readonly projects: Projects;
  readonly viewer: ComputeClient;
  readonly events: EventHub;
}

const DEMO_CLASS = 'house';
/** Index of "like" among what can be asked for of a likeness. */
const LIKE = 1;
const NOTHING_EXPLAINED: Explained = { project: null, runs: [], deletedRuns: [], continuedRun: null };
/** Scans whose pictures may still be on the screen. */
const KEPT_SCANS = 8;

/** The model, pictures and options of the next run. Changes are checked first; what is refused changes nothing. */
export class SetupService {
  readonly #context: SetupContext;
  #state: SetupState;
  #history: History<SetupState> = createHistory();
  #explained: Explained = NOTHING_EXPLAINED;
  #count = 0;
  /** Images that wait for the word what becomes of them; any other change takes them as left. */
  #offered: Looked | null = null;
  readonly #scans = new LRUCache<string, readonly ImageFile[]>({ max: KEPT_SCANS });
  /** What the files of a scan were when they were looked at. */
  readonly #stamps = new WeakMap<FolderScan, string>();
  /** One change after another: each starts from the state that the one before left. */
  readonly #inTurn = createQueue();

  constructor(context: SetupContext) {
    this.#context = context;
    this.#state = emptySetup('0', 'auto');
  }

  get state(): SetupState {
    return this.#state;
  }

  get setup(): Setup {
    const offered = this.#offered && {
      count: this.#offered.scan.images.length,
      names: this.#offered.roots.map((root) => shownName(path.basename(root))),
      roots: this.#offered.roots,
    };
    const { uploads } = this.#context.places;
    return {
      ...setupOf(this.#state, this.#explained, this.#history.undoName !== null),
      isCopy: this.#state.folder?.startsWith(uploads + path.sep) ?? false,
      offered,
    };
  }

  /** The state after the changes that were asked for so far. */
  settled(): Promise<SetupState> {
    return this.#inTurn(() => Promise.resolve(this.#state));
  }

  /** The file that a picture of a scan shows. */
  imageOf(scan: string, index: number): ImageFile | undefined {
    return this.#scans.get(scan)?.[index];
  }

  clear(device = this.#state.options.device): Promise<Setup> {
    return this.#change('clear', () => Promise.resolve(emptySetup(this.#newKey(), device)));
  }

  openDemo(): Promise<Setup> {
    const { demo } = this.#context.places;
    return this.#change('open the demo', async (state) => {
      const fresh = emptySetup(this.#newKey(), state.options.device);
      const withModel = await this.#withModel(fresh, { path: path.join(demo, 'model.onnx') });
      const withImages = await this.#withImages(withModel, [path.join(demo, 'images')]);
      const classIndex = withImages.model?.classNames.indexOf(DEMO_CLASS) ?? -1;
      return {
        ...withImages,
        options: { ...withImages.options, classIndex: classIndex < 0 ? null : classIndex },
      };
    });
  }

  /** Takes what was given, see take-dropped.ts; images wait in `offered` where there are some and no `way` is said. */
  async addPaths(
    paths: readonly string[],
    { unsent = [], way }: { readonly unsent?: readonly Unsent[]; readonly way?: ImageWay } = {},
  ): Promise<Setup> {
    let taken: Taken | undefined;
    let hadSome = false;
    await this.#change('add files', async (state) => {
      const sorted = await sortDropped(this.#context.storage, paths);
      const dropped = { ...sorted, refused: [...sorted.refused, ...refusalsOfUnsent(unsent)] };
      taken = await takeDropped(state, dropped, this.#dropSteps(state), way);
      hadSome = state.model !== null || state.scan !== null;
      return taken.state;
    });
    if (taken?.offered) {
      this.#offered = taken.offered;
      this.#context.events.emit('setup', this.setup);
    }
    const { key, name, images } = this.setup;
    if (taken?.isBegun === true && hadSome)
      this.#context.events.emit('begun', { key, name: name ?? '', images: images?.count ?? 0 });
    return this.setup;
  }

  /** Says what becomes of the images that wait. */
  async answerImages(way: ImageWay | 'leave'): Promise<Setup> {
    const offered = this.#offered;
    if (offered === null) return this.setup;
    if (way !== 'leave')
      return this.#change(`${way} images`, (state) =>
        this.#withImages(state, way === 'add' ? [...state.roots, ...offered.roots] : offered.roots),
      );
    this.#offered = null;
    this.#context.events.emit('setup', this.setup);
    return this.setup;
  }

  /** Goes back to before a project was begun, whatever was set in it since. */
  takeBackProject(key: string): Promise<Setup> {
    return this.#inTurn(async () => {
      let state = this.#state;
      while (state.key === key) {
        const before = this.#history.undo(state);
        if (before === undefined) break;
        state = before;
      }
      this.#offered = null;
      if (state !== this.#state) await this.#become(withoutRefused(state));
      return this.setup;
    });
  }

  #dropSteps(before: SetupState): DropSteps {
    const { viewer, projects } = this.#context;
    return {
      look: (roots) => viewer.run('lookForImages', { roots }),
      fromProject: (folder) => this.#fromProject(folder),
      begin: async (question, { roots, scan }) => {
        const fresh = emptySetup(this.#newKey(), before.options.device);
        const begun = await this.#withModel(fresh, question);
        const folder = await projects.folderForNew(begun.model!, roots, before.folder);
        return { ...begun, folder, roots, scan, scanKey: this.#newKey() };
      },
      withModel: (state, question) => this.#withModel(state, question),
      withLabels: (state, labels) => this.#withLabels(state, labels),
      withTable: (state, table) => withTable(this.#context, state, table),
      withMarks: (state, marks) => withMarks(this.#context, state, marks),
      withImages: (state, roots) => this.#withImages(state, roots),
    };
  }

  openProject(folder: string): Promise<Setup> {
    return this.#change('open a project', () => this.#fromProject(folder));
  }

  /** Everything as a run of a project had it; what is shown of the project stays. */
  setUpAgain(folder: string, runId: string): Promise<Setup> {
    return this.#change('set up a run again', async ({ key, folder: open }) => {
      const state = await this.#fromProject(folder, runId);
      return open === folder ? { ...state, key } : state;
    });
  }

  forget(what: 'table' | 'marks'): Promise<Setup> {
    return this.#change(`remove the ${what}`, (state) => Promise.resolve({ ...state, [what]: null }));
  }

  removeImages(root: string): Promise<Setup> {
    return this.#change('remove images', (state) =>
      this.#withImages(
        state,
        state.roots.filter((one) => one !== root),
      ),
    );
  }

  /** Looks at the images again: where some came, went or were changed on the disk, what was said of them is asked anew. */
  refreshImages(): Promise<Setup> {
    return this.#inTurn(async () => {
      const { scan, roots } = this.#state;
      if (scan === null) return this.setup;
      // Folders that are gone tell of themselves when they are needed.
      const fresh = await this.#withImages(this.#state, roots).catch(() => undefined);
      if (!fresh?.scan) return this.setup;
      const now = await scanStamp(this.#context.storage, fresh.scan);
      if (now === this.#stamps.get(scan)) return this.setup;
      this.#stamps.set(fresh.scan, now);
      await this.#become({ ...fresh, problems: this.#state.problems });
      return this.setup;
    });
  }

  choosePreprocessing(chosen: string | PreprocessingChanges | null): Promise<Setup> {
    return this.#change('change the preprocessing', async (state) => {
      const { path: file, labels, keptLabels } = this.#requireModel(state);
      const preprocessing =
        typeof chosen === 'object' && chosen !== null ? await this.#cardFile(chosen) : chosen;
      return this.#withModel(state, {
        path: file,
        ...(labels !== undefined && { labels }),
        ...(keptLabels !== undefined && { keptLabels }),
        ...(preprocessing !== null && { preprocessing }),
      });
    });
  }

  chooseLabels(file: string | null): Promise<Setup> {
    return this.#change('change the labels', (state) => this.#withLabels(state, file));
  }

  setOptions(changes: OptionChanges): Promise<Setup> {
    return this.#change('change options', async (state) => {
      const next = { ...state, options: changedOptions(state.options, withDependent(changes)) };
      checkOptions(next.options);
      if (next.question === null) return next;
      // What becomes of pictures and names, and which output is meant, is a part of the model as it is asked.
      const isSame = MODEL_OPTIONS.every((name) => changes[name] === undefined);
      const opened = isSame ? next : await this.#withModel(next, withoutOptions(next.question));
      if (opened.model?.open === null) {
        const question = { model: opened.question!, options: explainOptionsOf(opened) };
        await this.#context.viewer.run('checkOptions', question);
      }
      return opened;
    });
  }

  /** Takes a picture or folder that likeness is explained to. */
  compareWith(reference: string): Promise<Setup> {
    return this.setOptions({ reference, classIndex: this.#state.options.classIndex ?? LIKE });
  }

  undo(): Promise<Setup> {
    return this.#inTurn(async () => {
      const before = this.#history.undo(this.#state);
      this.#offered = null;
      if (before !== undefined) await this.#become(withoutRefused(before));
      return this.setup;
    });
  }

  async inspectModel(): Promise<ModelSummary> {
    const question = this.#requireModel(this.#state);
    const model = await this.#context.viewer.run('openModel', { ...question, probeSigns: true });
    if (this.#state.question === question) await this.#become({ ...this.#state, model });
    return model;
  }

  /** Keeps what the model says, unless the setup has changed meanwhile. */
  keepPredictions(of: SetupState, predictions: Predictions): void {
    if (this.#state.scanKey !== of.scanKey || this.#state.question !== of.question) return;
    this.#state = { ...this.#state, predictions };
  }

  /** Reads the project's runs again: one has begun or ended. */
  async refreshRuns(): Promise<void> {
    await this.#readRuns();
    if (isOtherKnown(this.#state, {})) await keepKnown(this.#context, this.#state);
    await this.#findContinued();
    this.#context.events.emit('setup', this.setup);
  }

  #requireModel({ question }: SetupState): ModelQuestion {
    if (question === null) throw missing('a model', 'Drop an .onnx file, or open the demo.');
    return question;
  }

  #change(name: string, next: (state: SetupState) => Promise<SetupState>): Promise<Setup> {
    return this.#inTurn(async () => {
      const before = this.#state;
      const told = withoutRefused(before);
      const after = await next(told);
      this.#offered = null;
      if (!isSameSetup(before, after) && (before.model !== null || before.scan !== null))
        this.#history.record(name, before);
      await this.#become(after);
      return this.setup;
    });
  }

  async #become(state: SetupState): Promise<void> {
    const before = this.#state;
    const hasMoved = state.folder !== before.folder || state.key !== before.key;
    // A run that was deleted can be restored until its project is left, or is opened again.
    if (hasMoved)
      for (const place of new Set([before.folder, state.folder])) await this.#carryOutDeletions(place);
    this.#state = state;
    if (state.scan !== null) await this.#keepScan(state.scanKey, state.scan);
    if (hasMoved) await this.#readRuns();
    else if (isOtherKnown(before, state)) await keepKnown(this.#context, state);
    await this.#findContinued();
    this.#context.events.emit('setup', this.setup);
  }

  async #keepScan(key: string, scan: FolderScan): Promise<void> {
    this.#scans.set(key, scan.images);
    if (!this.#stamps.has(scan)) this.#stamps.set(scan, await scanStamp(this.#context.storage, scan));
  }

  async #carryOutDeletions(folder: string | null): Promise<void> {
    const { viewer, storage } = this.#context;
    if (folder === null || !(await storage.exists(path.join(folder, 'project.json')))) return;
    // What cannot be removed now is removed another time; a damaged project tells of itself when it is opened.
    await viewer.run('carryOutDeletions', { folder }).catch(() => null);
  }

  async #readRuns(): Promise<void> {
    const { storage, viewer, projects } = this.#context;
    const { folder } = this.#state;
    const isProject = folder !== null && (await storage.exists(path.join(folder, 'project.json')));
    if (!isProject) {
      this.#explained = NOTHING_EXPLAINED;
      return;
    }
    const { key, project } = await projects.open(folder);
    this.#explained = {
      project: key,
      runs: await viewer.run('listRuns', { folder, key }),
      deletedRuns: project.file.deleted?.toReversed() ?? [],
      continuedRun: null,
    };
  }

  async #findContinued(): Promise<void> {
    const { folder } = this.#state;
    const { runs } = this.#explained;
    if (folder === null || runs.length === 0) return;
    const { project } = await this.#context.projects.open(folder);
    this.#explained = { ...this.#explained, continuedRun: await continuedRun(project, runs, this.#state) };
  }

  async #inParts(
    state: SetupState,
    parts: readonly (readonly [SetupPart, (state: SetupState) => Promise<SetupState>])[],
  ): Promise<SetupState> {
    let next: SetupState = { ...state, problems: {} };
    let accepted = 0;
    for (const [part, step] of parts) {
      try {
        next = { ...(await step(next)), problems: next.problems };
        accepted++;
      } catch (error) {
        // Nothing else was given: the refusal is the answer.
        if (parts.length === 1) throw error;
        next = { ...next, problems: { ...next.problems, [part]: serializeError(error) } };
      }
    }
    const [first] = Object.values(next.problems);
    if (accepted === 0 && first !== undefined) throw new CarriedError(first);
    return next;
  }

  async #withModel(state: SetupState, asked: ModelQuestion): Promise<SetupState> {
    const { viewer, projects } = this.#context;
    // How names are moved is a matter of one model and its list, and which output is meant one of its own.
    const isSameFile = state.question === null || state.question.path === asked.path;
    const question = { ...modelOptions(state.options, isSameFile ? MODEL_OPTIONS : ['alpha']), ...asked };
    const model = await viewer.run('openModel', { ...question, probeSigns: false });
    const isSame = state.model?.sha256 === model.sha256;
    const options = changedOptions(state.options, {
      ...{ layer: null, classIndex: null, isNot: null, against: null, reference: null },
      ...(!isSameFile && { labelShift: null, output: null, task: null, threshold: null }),
    });
    return {
      ...state,
      ...(!isSame && { key: this.#newKey(), folder: await projects.folderFor(model) }),
      question,
      model,
      options: isSame ? state.options : options,
      predictions: null,
      problems: {},
    };
  }

  async #withLabels(state: SetupState, file: string | null): Promise<SetupState> {
    const { path: model, preprocessing } = this.#requireModel(state);
    const moved = { ...state, options: changedOptions(state.options, { labelShift: null }) };
    return this.#withModel(moved, {
      path: model,
      ...(file !== null && { labels: path.resolve(file) }),
      ...(preprocessing !== undefined && { preprocessing }),
    });
  }

  async #withImages(state: SetupState, given: readonly string[]): Promise<SetupState> {
    const roots = [...new Set(given)];
    const scan = roots.length === 0 ? null : await this.#context.viewer.run('scanImages', { roots });
    const next = { ...state, roots, scan, scanKey: this.#newKey(), predictions: null, problems: {} };
    return withKnown(this.#context, next, state);
  }

  /** With the options of the newest run, or of the one that is named. */
  async #fromProject(folder: string, named?: string): Promise<SetupState> {
    const { projects } = this.#context;
    const { project } = await projects.open(folder);
    const { model, imageRoots, runs } = project.file;
    const id = named ?? runs.at(-1);
    const reading = id === undefined ? Promise.resolve(undefined) : loadRun(project, id);
    const stored = (await (named === undefined ? reading.catch(() => undefined) : reading))?.options;
    const roots = named === undefined ? imageRoots : (stored?.images ?? imageRoots);
    const question: ModelQuestion = {
      path: model.path,
      ...(stored?.labels !== undefined && { labels: stored.labels, ...keptLabelsOf(project.file) }),
      ...(stored?.preprocessing !== undefined && { preprocessing: stored.preprocessing }),
      ...(stored !== undefined && modelOptions(stored, MODEL_OPTIONS)),
    };
    const fresh = { ...emptySetup(this.#newKey(), this.#state.options.device), folder };
    // Results are looked at even where model or pictures are gone.
    const opened = await this.#inParts(fresh, [
      ['model', (state) => this.#withModel(state, question)],
      ['images', (state) => this.#withImages(state, roots)],
      ...knownSteps(this.#context, project.file),
    ]).catch((error: unknown) => ({ ...fresh, problems: { model: serializeError(error) } }));
    await projects.remember(folder);
    const options = stored && optionsOfRun(stored, opened.model);
    return { ...opened, folder, options: options ?? opened.options };
  }

  async #cardFile(fields: PreprocessingChanges): Promise<string> {
    const { storage, places } = this.#context;
    const text = JSON.stringify(fields);
    const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
    const folder = path.join(places.state, 'preprocessing');
    await storage.makeDirectory(folder);
    await storage.writeAtomic(path.join(folder, `${name}.json`), text);
    return path.join(folder, `${name}.json`);
  }

  #newKey(): string {
    this.#count++;
    return createHash('sha256')
      .update(`${process.pid} ${Date.now()} ${this.#count}`)
      .digest('hex')
      .slice(0, 12);
  }
}

/** Is a state the same but for what is told of it? Then there is nothing to take back. */
function isSameSetup(a: SetupState, b: SetupState): boolean {
  const fields = ['key', 'folder', 'question', 'scanKey', 'table', 'marks', 'options'] as const;
  return fields.every((field) => a[field] === b[field]);
}

/** What a drop could not be taken of is told until the next change. */
function withoutRefused(state: SetupState): SetupState {
  const { files, ...problems } = state.problems;
  return files === undefined ? state : { ...state, problems };
}

/** Without what options of the setup say. */
function withoutOptions({ path: model, labels, keptLabels, preprocessing }: ModelQuestion): ModelQuestion {
  return {
    path: model,
    ...(labels !== undefined && { labels }),
    ...(keptLabels !== undefined && { keptLabels }),
    ...(preprocessing !== undefined && { preprocessing }),
  };
}
