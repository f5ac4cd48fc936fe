import { createHash } from 'node:crypto';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { checkOptions } from '../../core/concepts/check-options.ts';
import { TesseraError } from '../../core/errors.ts';
import type { ImageFile } from '../../core/images/folder-scan.ts';
import { keptLabelsOf } from '../../core/pipeline/reopen-model.ts';
import type { Storage } from '../../core/platform.ts';
import { loadRun } from '../../core/project/project-folder.ts';
import { createQueue } from '../../core/queue.ts';
import type { ModelSummary, OptionChanges, PreprocessingChanges, Setup, SetupPart } from '../api/contract.ts';
import { CarriedError, serializeError } from '../api/serialize-error.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { ModelQuestion, Predictions } from '../compute/protocol.ts';
import { continuedRun } from './continued-run.ts';
import { sortDropped } from './dropped-paths.ts';
import type { EventHub } from './events.ts';
import { createHistory, type History } from './history.ts';
import type { Places } from './places.ts';
import type { Projects } from './projects.ts';
import {
  changedOptions,
  emptySetup,
  explainOptionsOf,
  missing,
  optionsOfRun,
  setupOf,
  type Explained,
  type SetupState,
} from './setup-state.ts';

/** What the setup needs of the workbench. */
export interface SetupContext {
  readonly storage: Storage;
  readonly places: Places;
  readonly projects: Projects;
  readonly viewer: ComputeClient;
  readonly events: EventHub;
}

const DEMO_CLASS = 'house';
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
  /** Lists that pictures are named after, the last ones. */
  readonly #scans = new LRUCache<string, readonly ImageFile[]>({ max: KEPT_SCANS });
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
    return setupOf(this.#state, this.#explained, this.#history.undoName !== null);
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

  /** Takes each part by itself, so that a broken model does not lose the pictures dropped with it. */
  addPaths(paths: readonly string[]): Promise<Setup> {
    return this.#change('add files', async (state) => {
      const dropped = await sortDropped(this.#context.storage, paths);
      if (dropped.project !== undefined) return this.#fromProject(dropped.project);
      const parts: [SetupPart, (state: SetupState) => Promise<SetupState>][] = [];
      const { model, labels, images } = dropped;
      if (model !== undefined) {
        const asked = { path: model, ...(labels !== undefined && { labels }) };
        parts.push(['model', (from) => this.#withModel(from, asked)]);
      } else if (labels !== undefined) parts.push(['labels', (from) => this.#withLabels(from, labels)]);
      if (images.length > 0)
        parts.push(['images', (from) => this.#withImages(from, [...from.roots, ...images])]);
      return this.#inParts(state, parts, model !== undefined);
    });
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

  removeImages(root: string): Promise<Setup> {
    return this.#change('remove images', (state) =>
      this.#withImages(
        state,
        state.roots.filter((one) => one !== root),
      ),
    );
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
      const next = { ...state, options: changedOptions(state.options, changes) };
      checkOptions(next.options);
      if (next.question === null) return next;
      const question = { model: next.question, options: explainOptionsOf(next) };
      await this.#context.viewer.run('checkOptions', question);
      // What pictures become of is a part of the model as it is asked.
      return changes.alpha === undefined ? next : this.#withModel(next, withoutAlpha(next.question));
    });
  }

  undo(): Promise<Setup> {
    return this.#inTurn(async () => {
      const before = this.#history.undo(this.#state);
      if (before !== undefined) await this.#become(before);
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
      const after = await next(before);
      if (before.model !== null || before.scan !== null) this.#history.record(name, before);
      await this.#become(after);
      return this.setup;
    });
  }

  async #become(state: SetupState): Promise<void> {
    const { folder, key } = this.#state;
    const hasMoved = state.folder !== folder || state.key !== key;
    // A run that was deleted can be restored until its project is left, or is opened again.
    if (hasMoved) for (const place of new Set([folder, state.folder])) await this.#carryOutDeletions(place);
    this.#state = state;
    if (state.scan !== null) this.#scans.set(state.scanKey, state.scan.images);
    if (hasMoved) await this.#readRuns();
    await this.#findContinued();
    this.#context.events.emit('setup', this.setup);
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
    parts: readonly [SetupPart, (state: SetupState) => Promise<SetupState>][],
    hasModel: boolean,
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
        // A folder that holds only a model has no pictures to miss.
        if (part === 'images' && hasModel && isNoImages(error)) continue;
        next = { ...next, problems: { ...next.problems, [part]: serializeError(error) } };
      }
    }
    const [first] = Object.values(next.problems);
    if (accepted === 0 && first !== undefined) throw new CarriedError(first);
    return next;
  }

  async #withModel(state: SetupState, asked: ModelQuestion): Promise<SetupState> {
    const { viewer, projects } = this.#context;
    const { alpha } = state.options;
    const question = { ...(alpha !== undefined && { alpha }), ...asked };
    const model = await viewer.run('openModel', { ...question, probeSigns: false });
    const isSame = state.model?.sha256 === model.sha256;
    const options = changedOptions(state.options, { layer: null, classIndex: null });
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
    return this.#withModel(state, {
      path: model,
      ...(file !== null && { labels: path.resolve(file) }),
      ...(preprocessing !== undefined && { preprocessing }),
    });
  }

  async #withImages(state: SetupState, given: readonly string[]): Promise<SetupState> {
    const roots = [...new Set(given)];
    const scan = roots.length === 0 ? null : await this.#context.viewer.run('scanImages', { roots });
    return { ...state, roots, scan, scanKey: this.#newKey(), predictions: null, problems: {} };
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
      ...(stored?.alpha !== undefined && { alpha: stored.alpha }),
    };
    const fresh = { ...emptySetup(this.#newKey(), this.#state.options.device), folder };
    // Results can be looked at even where the model or the pictures are gone.
    const opened = await this.#inParts(
      fresh,
      [
        ['model', (state) => this.#withModel(state, question)],
        ['images', (state) => this.#withImages(state, roots)],
      ],
      false,
    ).catch((error: unknown) => ({ ...fresh, problems: { model: serializeError(error) } }));
    await projects.remember(folder);
    const options = stored && optionsOfRun(stored, opened.model?.classNames);
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

function withoutAlpha({ path: model, labels, keptLabels, preprocessing }: ModelQuestion): ModelQuestion {
  return {
    path: model,
    ...(labels !== undefined && { labels }),
    ...(keptLabels !== undefined && { keptLabels }),
    ...(preprocessing !== undefined && { preprocessing }),
  };
}

function isNoImages(error: unknown): boolean {
  if (error instanceof CarriedError) return error.error.code === 'no-images';
  return error instanceof TesseraError && error.code === 'no-images';
}
