import path from 'node:path';
import { commandText } from '../../core/concepts/command-text.ts';
import { TesseraError } from '../../core/errors.ts';
import type { Progress } from '../../core/platform.ts';
import { REPORT_SECTIONS } from '../../core/report/report-sections.ts';
import type { ClassCounts, Settings } from '../api/contract.ts';
import type { Handlers } from '../api/call-handler.ts';
import { treeHandlers } from './tree-handlers.ts';
import { CarriedError } from '../api/serialize-error.ts';
import { optionControls } from '../api/setup-options.ts';
import type { ComputeClient } from '../compute/client.ts';
import { pictureId } from '../compute/picture-ids.ts';
import type { Predictions } from '../compute/protocol.ts';
import { ablationHandlers } from './ablation.ts';
import type { Evaluations } from './evaluations.ts';
import type { EventHub } from './events.ts';
import { imageTable } from './image-table.ts';
import type { Log } from './log.ts';
import type { Pictures } from './pictures.ts';
import { previewSample } from './preview-sample.ts';
import type { Projects } from './projects.ts';
import type { Reports } from './reports.ts';
import type { Results } from './results.ts';
import type { RunService } from './runs.ts';
import type { SetupService } from './setup.ts';
import { explainOptionsOf, missing, type SetupState } from './setup-state.ts';
import type { StoredValue } from './stored-value.ts';
import type { WorkbenchOptions } from './workbench-options.ts';

export interface HandlerContext extends WorkbenchOptions {
  readonly events: EventHub;
  readonly log: Log;
  readonly runner: ComputeClient;
  readonly viewer: ComputeClient;
  readonly projects: Projects;
  readonly setup: SetupService;
  readonly runs: RunService;
  readonly results: Results;
  readonly reports: Reports;
  readonly evaluations: Evaluations;
  readonly pictures: Pictures;
  readonly settings: StoredValue<Settings>;
  /** Settled once an unfinished run of the last session has been looked for. */
  readonly recalled: Promise<void>;
  readonly jobProgress: (job: string) => (progress: Progress) => void;
}

/** Pictures on which preprocessings are compared. */
const COMPARED = 16;

/** The implementation of every method of the contract. */
export function createHandlers(context: HandlerContext): Handlers {
  return {
    ...programHandlers(context),
    ...libraryHandlers(context),
    ...setupHandlers(context),
    ...lookHandlers(context),
    ...runHandlers(context),
    ...resultHandlers(context),
    ...ablationHandlers(context),
    ...treeHandlers(context),
    ...evaluationHandlers(context),
    ...reportHandlers(context),
  };
}

type Part<Method extends keyof Handlers> = Pick<Handlers, Method>;

function programHandlers({
  desktop,
  versions,
  settings,
  viewer,
  runner,
  events,
  log,
}: HandlerContext): Part<
  'getApp' | 'getSettings' | 'setSettings' | 'listDevices' | 'getCompute' | 'restartCompute' | 'getLog'
> {
  return {
    getApp: () =>
      Promise.resolve({
        version: versions['tessera'] ?? '',
        host: desktop.host,
        platform: process.platform,
        versions,
      }),
    getSettings: () => settings.get(),
    async setSettings(changes) {
      await settings.set({ ...(await settings.get()), ...changes });
      const changed = await settings.get();
      events.emit('settings', changed);
      return changed;
    },
    listDevices: () => viewer.run('probeDevices', {}),
    getCompute: () => Promise.resolve(runner.state),
    restartCompute() {
      runner.restart();
      return Promise.resolve(runner.state);
    },
    getLog: ({ after }) => Promise.resolve(log.linesAfter(after)),
  };
}

function libraryHandlers({
  projects,
  setup,
  events,
}: HandlerContext): Part<'listRecent' | 'openRecent' | 'forgetRecent' | 'openDemo'> {
  return {
    listRecent: () => projects.recent(),
    async openRecent({ id }) {
      return setup.openProject(await projects.recentFolder(id));
    },
    async forgetRecent({ id }) {
      await projects.forget(id);
      const recent = await projects.recent();
      events.emit('recent', recent);
      return recent;
    },
    openDemo: () => setup.openDemo(),
  };
}

function setupHandlers(
  context: HandlerContext,
): Part<
  | 'getSetup'
  | 'addPaths'
  | 'chooseFiles'
  | 'removeImages'
  | 'clearSetup'
  | 'choosePreprocessing'
  | 'chooseLabels'
  | 'listOptions'
  | 'setOptions'
  | 'undoSetup'
  | 'inspectModel'
> {
  const { setup, desktop, settings, recalled } = context;
  return {
    async getSetup() {
      await recalled;
      return setup.setup;
    },
    addPaths: ({ paths }) => setup.addPaths(paths),
    async chooseFiles({ what }) {
      const paths = await desktop.chooseFiles(what);
      return paths.length === 0 ? setup.setup : setup.addPaths(paths);
    },
    removeImages: ({ root }) => setup.removeImages(root),
    clearSetup: async () => setup.clear((await settings.get()).device),
    choosePreprocessing: ({ preprocessing }) => setup.choosePreprocessing(preprocessing),
    chooseLabels: ({ path: file }) => setup.chooseLabels(file),
    listOptions: () => Promise.resolve(optionControls()),
    setOptions: (changes) => setup.setOptions(changes),
    undoSetup: () => setup.undo(),
    inspectModel: () => setup.inspectModel(),
  };
}

function lookHandlers(
  context: HandlerContext,
): Part<'previewImages' | 'comparePreprocessings' | 'predictAll' | 'listImages' | 'estimate'> {
  const { setup, viewer, runner, pictures, storage, jobProgress } = context;
  return {
    previewImages({ limit }) {
      const { state } = setup;
      const { question, model, images } = requirePictures(state);
      const chosen = previewSample(images, limit);
      const as = pictures.nameOf(model.preprocessing.value);
      return viewer.run('previewImages', {
        ...question,
        images: chosen.map((index) => images[index]),
        pictures: chosen.map((index) => pictureId({ kind: 'fitted', scan: state.scanKey, index, as })),
      });
    },
    comparePreprocessings() {
      const { question, images } = requirePictures(setup.state);
      const chosen = previewSample(images, COMPARED);
      return viewer.run('comparePreprocessings', {
        ...question,
        images: chosen.map((index) => images[index]),
      });
    },
    async predictAll() {
      const { state } = setup;
      const { question, images } = requirePictures(state);
      const folder = requireFolder(state);
      const { device } = state.options;
      const onProgress = jobProgress('predictions');
      const predictions = await runner.run(
        'predictAll',
        { ...question, images, folder, device },
        { onProgress },
      );
      setup.keepPredictions(state, predictions);
      return classCounts(state, predictions);
    },
    listImages: (query) => imageTable(storage, setup.state, query),
    estimate() {
      const { state } = setup;
      const { question, images } = requirePictures(state);
      const { predictions, options } = state;
      const isOfClass = options.select === 'predicted' && options.classIndex !== null;
      const selected =
        predictions !== null && isOfClass
          ? predictions.predicted.filter(({ index }) => index === options.classIndex).length
          : undefined;
      return viewer.run('estimate', {
        ...question,
        images,
        options: explainOptionsOf(state),
        ...(selected !== undefined && { selected }),
      });
    },
  };
}

function runHandlers({
  runs,
  setup,
  recalled,
}: HandlerContext): Part<
  'startRun' | 'pauseRun' | 'resumeRun' | 'cancelRun' | 'getRun' | 'getEarlyConcepts'
> {
  return {
    async startRun() {
      const state = await setup.settled();
      requirePictures(state);
      const folder = requireFolder(state);
      const classIndex = requireClass(state);
      const options = explainOptionsOf(state);
      return runs.start(
        { folder, options, command: commandText(options, path.resolve(folder)) },
        state.model!.classNames[classIndex],
      );
    },
    pauseRun: () => runs.pause(),
    resumeRun: () => runs.resume(),
    cancelRun: () => runs.cancel(),
    async getRun() {
      await recalled;
      return runs.state;
    },
    getEarlyConcepts: () => Promise.resolve(runs.earlyConcepts),
  };
}

function resultHandlers({
  setup,
  results,
  viewer,
}: HandlerContext): Part<
  | 'getResult'
  | 'listCrops'
  | 'editConcept'
  | 'undoEdit'
  | 'redoEdit'
  | 'listRunImages'
  | 'getImage'
  | 'getWaterfall'
> {
  const question = (runId: string) => results.questionOf(setup.state.folder, runId);
  const drawing = latestOnly();
  return {
    async getResult({ runId }) {
      const wanted = runId ?? setup.setup.runs.find(({ isFinished }) => isFinished)?.runId;
      return wanted === undefined ? null : results.read(await question(wanted));
    },
    listCrops: async (query) => viewer.run('listCrops', { ...query, ...(await question(query.runId)) }),
    editConcept: async ({ runId, edit }) => results.edit(await question(runId), edit),
    undoEdit: async ({ runId }) => results.undo(await question(runId)),
    redoEdit: async ({ runId }) => results.redo(await question(runId)),
    listRunImages: async ({ runId }) => viewer.run('listRunImages', await question(runId)),
    getImage: async ({ runId, ...rest }) =>
      viewer.run('readImage', { ...rest, ...(await question(runId)) }, { signal: drawing.next() }),
    getWaterfall: async ({ runId, image }) => viewer.run('waterfall', { image, ...(await question(runId)) }),
  };
}

function evaluationHandlers({
  setup,
  results,
  evaluations,
  viewer,
}: HandlerContext): Part<
  'getEvaluation' | 'evaluateRun' | 'getErrorAnalysis' | 'weighRanks' | 'stopEvaluation'
> {
  const question = (runId: string) => results.questionOf(setup.state.folder, runId);
  return {
    getEvaluation: async ({ runId }) => viewer.run('readEvaluation', await question(runId)),
    evaluateRun: async ({ runId, level }) => evaluations.evaluate(await question(runId), level),
    getErrorAnalysis: async ({ runId }) => viewer.run('errorAnalysis', await question(runId)),
    async weighRanks({ runId }) {
      if (runId !== undefined) return evaluations.rankOfRun(await question(runId));
      const { state } = setup;
      requirePictures(state);
      requireClass(state);
      const folder = requireFolder(state);
      return evaluations.rankOfOptions({ folder, options: explainOptionsOf(state) });
    },
    stopEvaluation() {
      evaluations.stop();
      return Promise.resolve(null);
    },
  };
}

function reportHandlers({
  setup,
  results,
  reports,
  desktop,
}: HandlerContext): Part<
  'listReportSections' | 'previewReport' | 'saveReport' | 'printReport' | 'showInFolder'
> {
  const question = (runId: string) => results.questionOf(setup.state.folder, runId);
  return {
    listReportSections: () => Promise.resolve(REPORT_SECTIONS),
    previewReport: async (choice) => reports.preview(await question(choice.runId), choice),
    saveReport: async (choice) => reports.save(await question(choice.runId), choice),
    printReport: async (choice) => reports.print(await question(choice.runId), choice),
    showInFolder({ what }) {
      const target = what === 'report' ? reports.lastSaved : setup.state.folder;
      if (target === null) throw new TesseraError('bad-usage', `There is no ${what} to show yet.`);
      desktop.showInFolder(target);
      return Promise.resolve(null);
    },
  };
}

/** Maps may take long to draw: those that nobody waits for any more give way to the latest. */
function latestOnly(): { next(): AbortSignal } {
  let last: AbortController | undefined;
  return {
    next() {
      last?.abort();
      last = new AbortController();
      return last.signal;
    },
  };
}

function requirePictures({ question, model, scan, problems }: SetupState) {
  if (question === null || model === null) {
    if (problems.model !== undefined) throw new CarriedError(problems.model);
    throw missing('a model', 'Drop an .onnx file, or open the demo.');
  }
  if (scan === null) throw missing('pictures', 'Drop one or more folders of pictures.');
  const { images } = scan;
  return { question, model, images };
}

function requireClass({ options: { classIndex } }: SetupState): number {
  if (classIndex !== null) return classIndex;
  throw missing('a class to explain', 'Choose one of those that the model predicts.');
}

function requireFolder({ folder }: SetupState): string {
  if (folder === null) throw missing('a model', 'Drop an .onnx file, or open the demo.');
  return folder;
}

function classCounts({ scanKey }: SetupState, { images, predicted, skipped }: Predictions): ClassCounts {
  const counts = new Map<number, { name: string; count: number; first: number }>();
  predicted.forEach(({ index, name }, i) => {
    const entry = counts.get(index) ?? { name, count: 0, first: images[i] };
    counts.set(index, { ...entry, count: entry.count + 1 });
  });
  const classes = [...counts].sort(([, a], [, b]) => b.count - a.count);
  return {
    classes: classes.map(([index, { name, count, first }]) => ({
      index,
      name,
      count,
      picture: pictureId({ kind: 'file', scan: scanKey, index: first }),
    })),
    images: images.length,
    skipped,
  };
}
