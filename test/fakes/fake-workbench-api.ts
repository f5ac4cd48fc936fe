import type {
  LongJob,
  Result,
  RunResult,
  RunState,
  SerializedError,
  Settings,
  Setup,
  WorkbenchApi,
  WorkbenchBridge,
  WorkbenchEvents,
} from '../../main/api/contract.ts';
import { DEFAULT_OPTIONS } from '../../core/concepts/run-options.ts';
import { TesseraError } from '../../core/errors.ts';
import { CANCELLED, resultOf } from '../../main/api/serialize-error.ts';
import { optionControls } from '../../main/api/setup-options.ts';
import { DEFAULT_SETTINGS } from '../../main/services/default-settings.ts';
import { readDemoRun, type DemoRun } from './demo-run.ts';
import { fakeAblation } from './fake-ablation.ts';
import { fakeCoherence } from './fake-coherence.ts';
import { fakeColumns, fakeTable } from './fake-columns.ts';
import { fakeComparison, nothingToCompare, type FakeComparison } from './fake-comparison.ts';
import { fakeStudies } from './fake-studies.ts';
import { fakeStudyMaking } from './fake-study-making.ts';
import { fakeEditModel, type FakeEditModel } from './fake-edit-model.ts';
import { fakeEvaluation } from './fake-evaluation.ts';
import { fakeNewImages, type FakeNewImages } from './fake-new-images.ts';
import { fakeOverview } from './fake-overview.ts';
import { fakeRunImages } from './fake-run-images.ts';
import { fakeMap, type FakeMapOptions } from './fake-map.ts';
import { fakeMarks, fakeObjects } from './fake-marks.ts';
import { fakeEdits } from './fake-edits.ts';
import { fakeOwn } from './fake-own.ts';
import { fakeScoreMaps } from './fake-score-maps.ts';
import { fakeRunList, fakeRuns } from './fake-runs.ts';
import { ofTask, type FakeTask } from './fake-tasks.ts';
import { fakeTree } from './fake-tree.ts';
import {
  demoSetup,
  doubtfulModel,
  doubtfulPreview,
  emptySetup,
  countsSoFar,
  fakeClasses,
  fakeImages,
  fakeModel,
  fakePreview,
  fakeTrials,
  uncutModel,
  otherSetup,
} from './fake-setup.ts';

/** What the fake starts with, and what goes wrong in it. */
export interface FakeOptions extends FakeMapOptions {
  readonly state: 'empty' | 'ready' | 'running' | 'failed' | 'done';
  /** Further classes that the model predicts, to find one among. */
  readonly classes?: number;
  /** Classes that are explained with the same concepts; absent: eight, and none where nothing is explained. */
  readonly explained?: number;
  /** Another run of the bank has an own concept that is not computed for this one. */
  readonly ownPending?: boolean;
  /** Concepts of the overview are merged, and not computed for all classes. */
  readonly mergedApart?: boolean;
  /** Crops of every concept; absent: those of the fixture. */
  readonly crops?: number;
  /** How well the run's concepts stand in for the model; absent: as in the fixture. */
  readonly reconstruction?: RunResult['reconstruction'];
  /** The run was not evaluated. */
  readonly isUnevaluated?: boolean;
  /** Long work under way. */
  readonly jobs?: readonly LongJob[];
  /** Methods that do not answer before they are given up. */
  readonly held?: readonly (keyof WorkbenchApi)[];
  /** What the run under way waits for. */
  readonly runWaitsFor?: RunState['waitsFor'];
  /** The model is still being asked about the images. */
  readonly isCounting?: boolean;
  /** The preprocessing is a guess, names are off by one, and a list of them was not taken. */
  readonly isDoubtful?: boolean;
  /** What the model tells; absent: one of several classes. */
  readonly task?: FakeTask;
  /** The project was sent by a browser. */
  readonly isCopy?: boolean;
  /** The model has no cut. */
  readonly isUncut?: boolean;
  /** The images have a table. */
  readonly hasTable?: boolean;
  /** Objects are marked in the images. */
  readonly hasMarks?: boolean;
  /** Two runs side by side. */
  readonly comparison?: FakeComparison;
  /** Images that the run has never seen. */
  readonly newImages?: FakeNewImages;
  /** A model that concepts are taken out of. */
  readonly editModel?: FakeEditModel;
  /** Methods that fail. */
  readonly failing?: readonly (keyof WorkbenchApi)[];
}

const FAILURE: SerializedError = {
  name: 'TesseraError',
  code: 'bad-model',
  message: 'model.onnx: the file ends in the middle of the graph (expected 366080 bytes, got 1024).',
  hint: 'Copy the file again; its size is 357 kB.',
};

const STAGES = [
  ['predictions', 'Asking the model about every image', 320],
  ['rows', 'Reading activations', 37],
  ['bank', 'Finding concepts', 200],
  ['coefficients', 'Measuring concepts in every image', 37],
  ['importance', 'Measuring how much each matters', 37],
  ['evaluation', 'Checking how far it can be trusted', 44],
] as const;

/** A workbench in memory over the demo's run, as a page would find it at `window.workbench`. */
export function createFakeWorkbench(
  run: DemoRun,
  options: FakeOptions,
): WorkbenchBridge & { readonly calls: string[] } {
  const reader = readDemoRun({
    ...run,
    ...(options.reconstruction && { reconstruction: options.reconstruction }),
  });
  const edits = fakeEdits(reader);
  const { note, ...own } = fakeOwn(reader, options.ownPending === true);
  const images = fakeRunImages(reader);
  const columns = options.hasTable === true ? fakeColumns(reader, images.images) : null;
  const objects = options.hasMarks === true ? fakeObjects(reader) : null;
  const tree = fakeTree(reader, edits.notes);
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const emit = <Name extends keyof WorkbenchEvents>(event: Name, payload: WorkbenchEvents[Name]): void =>
    listeners.get(event)?.forEach((listener) => listener(payload as never));
  const held: (() => void)[] = [];
  let jobs: readonly LongJob[] = options.jobs ?? [];
  let settings: Settings = DEFAULT_SETTINGS;
  const hasResult = options.state === 'done';
  const opened: Setup = {
    ...demoSetup,
    ...(options.isDoubtful === true && { model: doubtfulModel }),
    ...(options.isUncut === true && { model: uncutModel }),
    isCopy: options.isCopy === true,
    table: columns && fakeTable(columns),
    marks: objects && fakeMarks(objects),
    runs: hasResult ? fakeRuns(edits.result().run) : [],
  };
  let setup: Setup = options.state === 'empty' ? emptySetup : opened;
  let state: RunState | null =
    options.state === 'running'
      ? { ...runState('running', 2), waitsFor: options.runWaitsFor ?? [] }
      : options.state === 'failed'
        ? { ...runState('failed', 2), error: FAILURE }
        : hasResult
          ? runState('done', 6)
          : null;

  const take = (next: Partial<Setup>): Promise<Setup> => {
    setup = { ...setup, ...next, canUndo: true };
    return Promise.resolve(setup);
  };
  const setRun = (next: RunState): Promise<RunState> => {
    state = next;
    emit('run', next);
    return Promise.resolve(next);
  };
  const early = {
    project: 'p1',
    runId: 'run1',
    concepts: run.concepts.map(({ id }, i) => ({ id, crops: reader.coverOf(i) })),
    ...(options.state === 'running' && { from: { images: 48, of: 200 } }),
  };
  /** An own concept is where the first is. */
  const rankOf = (id: string): number =>
    Math.max(
      0,
      run.concepts.findIndex((concept) => concept.id === id.split('-')[0]),
    );
  const open = (opened = demoSetup): Promise<Setup> => {
    setup = opened;
    return Promise.resolve(setup);
  };

  const api = {
    getApp: () =>
      Promise.resolve({
        version: '0.2.0',
        host: 'browser',
        platform: 'linux',
        versions: { node: '20.20.0' },
      }),
    getSettings: () => Promise.resolve(settings),
    setSettings: (changes) => Promise.resolve((settings = { ...settings, ...changes })),
    listDevices: () =>
      Promise.resolve([
        { name: 'cpu', available: true, reason: '', detail: '2 cores', speed: 1 },
        { name: 'webgpu', available: false, reason: 'No adapter was found.', detail: '', speed: 0 },
        { name: 'cuda', available: false, reason: 'libcudart.so.12 is not installed.', detail: '', speed: 0 },
      ]),
    getCompute: () => Promise.resolve({ status: 'ready', crashes: 0 }),
    restartCompute: () => Promise.resolve({ status: 'starting', crashes: 0 }),
    listJobs: () => Promise.resolve(jobs),
    cancelJobs: (choice) => {
      jobs = jobs.filter((job) => ('id' in choice ? job.id !== choice.id : job.kind !== choice.kind));
      emit('jobs', jobs);
      for (const giveUp of held.splice(0)) giveUp();
      return Promise.resolve(null);
    },
    getLog: () =>
      Promise.resolve(
        [
          'cpu: 2 threads',
          'predictions 320/320 · 120/s',
          'rows 37/37',
          'concepts: converged after 84 iterations',
        ].map((text, number) => ({
          number,
          time: '2026-11-20T10:00:0' + number + 'Z',
          level: 'info' as const,
          text,
        })),
      ),
    listRecent: () => Promise.resolve(options.state === 'empty' ? [] : recent),
    openRecent: () => open(otherSetup),
    forgetRecent: ({ id }) => Promise.resolve(recent.filter((project) => project.id !== id)),
    openDemo: () => open(),
    getSetup: () => Promise.resolve(setup),
    addPaths: ({ paths }) =>
      setup.images === null || paths.some((path) => path.endsWith('.onnx'))
        ? open()
        : take({ offered: { count: paths.length, names: paths.map((path) => path.slice(7)), roots: paths } }),
    unusableFiles: () => Promise.resolve([]),
    answerImages: () => take({ offered: null }),
    takeBackProject: () => take(opened),
    chooseFiles: () => open(),
    removeImages: () => take({ images: null }),
    refreshImages: () => Promise.resolve(setup),
    clearSetup: () => take(emptySetup),
    choosePreprocessing: ({ preprocessing }) =>
      take({
        model: {
          ...fakeModel,
          preprocessing: {
            ...fakeModel.preprocessing,
            ...(typeof preprocessing === 'string' && {
              preset: preprocessing,
              source: 'chosen',
              reason: 'chosen here',
            }),
          },
        },
      }),
    chooseLabels: () => take({}),
    listOptions: () => Promise.resolve(optionControls()),
    setOptions: (changes) => {
      if (typeof changes.concepts === 'number' && changes.concepts > 80) {
        const message = `The layer has 80 channels, which allow at most as many concepts; got ${changes.concepts}.`;
        return Promise.reject(new TesseraError('bad-usage', message));
      }
      const kept = Object.entries({ ...setup.options, ...changes }).filter(([, value]) => value !== null);
      const options = { ...DEFAULT_OPTIONS, classIndex: null, ...Object.fromEntries(kept) };
      const isMoved = changes.labelShift !== undefined;
      return take({ options, ...(isMoved && { asked: 'names moved by one', model: fakeModel }) });
    },
    compareWith: ({ path }) => take({ options: { ...setup.options, reference: path, classIndex: 1 } }),
    undoSetup: () => take(opened),
    inspectModel: () => Promise.resolve(fakeModel),
    previewImages: () =>
      Promise.resolve(
        options.isDoubtful === true && setup.options.labelShift === undefined ? doubtfulPreview : fakePreview,
      ),
    comparePreprocessings: () =>
      Promise.resolve(
        fakeModel.preprocessing.presets.map((preset, i) => ({
          preset,
          hitRate: [0.83, 0.92, 0.5, 0.13, 0.13, 0.83][i],
          confidence: 0.9 - i * 0.09,
          proposed: i === 1,
        })),
      ),
    previewOutputs: () => Promise.resolve(fakeTrials),
    predictAll: () => {
      if (options.isCounting === true) {
        emit('classes', countsSoFar);
        return new Promise(() => undefined);
      }
      return Promise.resolve({
        ...fakeClasses,
        classes: [...fakeClasses.classes, ...furtherClasses(options.classes)],
      });
    },
    listImages: ({ offset, limit, filter }) => Promise.resolve(fakeImages(offset, limit, filter)),
    estimate: () =>
      Promise.resolve({
        seconds: { low: 12, high: 25 },
        memoryBytes: 412e6,
        images: 37,
        rows: 9472,
        channels: 80,
        basis: 'From the first 32 images on this machine.',
      }),
    startRun: () => setRun(runState('running', 0)),
    pauseRun: () => setRun({ ...(state ?? runState('running', 2)), status: 'paused' }),
    resumeRun: () => setRun({ ...(state ?? runState('running', 2)), status: 'running' }),
    cancelRun: () => setRun({ ...(state ?? runState('running', 2)), status: 'cancelled' }),
    getRun: () => Promise.resolve(state),
    getEarlyConcepts: () => Promise.resolve(state === null ? null : early),
    ...fakeRunList(() => setup, take),
    getResult: () => Promise.resolve(edits.result()),
    getRunInputs: () =>
      Promise.resolve({ isKnown: true, images: run.images.length, changed: 0, missing: 0, cards: [] }),
    listCrops: ({ concept, sort, places = 'all', only, offset, limit }) => {
      const all = reader.placesOf(rankOf(concept), places);
      const found = only ? all.filter(({ image }) => only.includes(image)) : all;
      const total = options.crops ?? found.length;
      return Promise.resolve({
        total,
        crops: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, i) => {
          const { image, position, value } = found[(offset + i) % found.length];
          const file = run.images[image].file;
          return {
            image,
            box: reader.boxOf(position),
            coefficient: value,
            effect: sort === 'effect' ? value / 40 : null,
            crop: reader.cropId(image, position),
            context: `ctx:${file}:${reader.boxOf(position).join(',')}`,
            map: `map:${file}:${rankOf(concept)}`,
          };
        }),
      });
    },
    editConcept: ({ edit }) => {
      note(edit);
      return Promise.resolve(edits.edit(edit));
    },
    undoEdit: () => Promise.resolve(edits.undo()),
    redoEdit: () => Promise.resolve(edits.redo()),
    ...tree,
    ...fakeCoherence(reader),
    ...own,
    ...images.api,
    getColumns: () => Promise.resolve(columns),
    removeTable: () => take({ table: null }),
    getObjects: () => Promise.resolve(objects),
    removeMarks: () => take({ marks: null }),
    ...fakeMap(reader, images.images, options),
    getImage: ({ image, method = 'coefficients' }) => Promise.resolve(images.detailOf(image, method)),
    getWaterfall: ({ image }) => Promise.resolve(reader.waterfallOf(image % reader.images.length)),
    ...fakeAblation(reader),
    ...fakeEvaluation(options.isUnevaluated !== true, reader.images),
    ...fakeOverview(
      reader,
      options.explained ?? (hasResult ? 8 : 0),
      () => setRun(runState('running', 0)),
      options.mergedApart === true,
    ),
    ...fakeScoreMaps(emit),
    ...fakeComparison(reader, () => edits.result().run, options.comparison),
    ...(hasResult ? {} : nothingToCompare),
    ...fakeNewImages(reader, options.newImages),
    ...fakeEditModel(reader, options.editModel),
    ...fakeStudies(),
    ...fakeStudyMaking(),
    listReportSections: () =>
      Promise.resolve(
        ['Summary', 'Concepts', 'Examples', 'How far to trust this', 'Method and reproduction'].map(
          (title) => ({
            id: title.toLowerCase().replaceAll(' ', '-'),
            title,
          }),
        ),
      ),
    previewReport: () => Promise.resolve('report'),
    saveReport: () => Promise.resolve({ path: '/home/ada/house.html', document: null }),
    printReport: () => Promise.resolve({ path: null, document: 'report' }),
    showInFolder: () => Promise.resolve(null),
  } satisfies WorkbenchApi;

  const told = options.task === undefined ? api : ofTask(options.task, api);
  const calls: string[] = [];
  const answer = async (method: keyof WorkbenchApi, args: unknown[]): Promise<Result<unknown>> => {
    calls.push(method);
    // Maps that the run has kept are read at once, those that are drawn take long.
    const isKept = (args[0] as { method?: string } | undefined)?.method === 'coefficients';
    if (options.held?.includes(method) === true && !isKept)
      return new Promise((resolve) => held.push(() => resolve({ ok: false, error: CANCELLED })));
    if (options.failing?.includes(method) === true) return { ok: false, error: FAILURE };
    return resultOf(async () =>
      structuredClone(await (told[method] as (...args: unknown[]) => Promise<unknown>)(...args)),
    );
  };
  const call = Object.fromEntries(
    (Object.keys(api) as (keyof WorkbenchApi)[]).map((method) => [
      method,
      (...args: unknown[]) => answer(method, args),
    ]),
  ) as unknown as WorkbenchBridge['call'];

  return {
    host: 'browser',
    call,
    calls,
    on: (event, listener) => {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    takeFiles: (_files, relativePaths) =>
      Promise.resolve({ ok: true, value: relativePaths.map((path) => `/drops/${path}`) }),
  };
}

const furtherClasses = (count = 0): typeof fakeClasses.classes =>
  Array.from({ length: count }, (_, i) => ({
    index: 100 + i,
    name: `kind ${i}`,
    count: 1,
    picture: 'img:house/01.jpg',
  }));

const recent = [
  {
    id: 'p1',
    name: 'demo',
    folder: '/home/ada/demo.tessera',
    modelName: 'model.onnx',
    classNames: ['house', 'lighthouse'],
    openedAt: '2026-11-21T09:12:00Z',
    thumbnails: ['img:house/01.jpg', 'img:house/02.jpg', 'img:house/07.jpg', 'img:house/11.jpg'],
  },
  {
    id: 'p2',
    name: 'harbour cameras',
    folder: '/home/ada/work/harbour cameras.tessera',
    modelName: 'resnet50-harbour.onnx',
    classNames: ['sailboat'],
    openedAt: '2026-11-18T15:40:00Z',
    thumbnails: [
      'img:sailboat/01.jpg',
      'img:sailboat/04.jpg',
      'img:sailboat/08.jpg',
      'img:lighthouse/05.jpg',
    ],
  },
  {
    id: 'p3',
    name: 'rolling stock',
    folder: '/media/disk/rolling stock.tessera',
    modelName: 'vit-small-trains.onnx',
    classNames: [],
    openedAt: '2026-10-30T08:05:00Z',
    thumbnails: ['img:train/01.jpg', 'img:train/05.jpg', 'img:train/09.jpg', 'img:train/14.jpg'],
    problem: 'The folder is not there: /media/disk is not mounted.',
  },
];

/** A run whose first `done` stages have ended. */
function runState(status: RunState['status'], done: number): RunState {
  return {
    folder: demoSetup.folder!,
    projectName: 'demo',
    project: 'p1',
    runId: 'run1',
    status,
    waitsFor: [],
    className: 'house',
    next: 0,
    stages: STAGES.map(([stage, title, total], i) => ({
      stage,
      title,
      status: i < done ? 'done' : i === done ? 'running' : 'waiting',
      done: i < done ? total : i === done ? Math.round(total * 0.62) : 0,
      total,
      ratePerSecond: i === done ? 33 : null,
      etaSeconds: i === done ? 3 : null,
      elapsedSeconds: i <= done ? 3 + i : 0,
    })),
    etaSeconds: done < STAGES.length ? 3 : null,
    isResumed: false,
    device: { used: 'cpu', fallbackReasons: [] },
    error: null,
  };
}
