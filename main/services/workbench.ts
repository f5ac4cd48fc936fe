import path from 'node:path';
import type { ComputeState, Setup } from '../api/contract.ts';
import type { Handlers } from '../api/call-handler.ts';
import { ComputeClient } from '../compute/client.ts';
import type { Trial } from '../../core/runtime/device-trial.ts';
import type { DeviceName } from '../../core/platform.ts';
import { createComparisons } from './comparisons.ts';
import { createEvaluations } from './evaluations.ts';
import { createEventHub, type EventHub } from './events.ts';
import { createHandlers } from './handlers/index.ts';
import { createLongJobs } from './long-jobs.ts';
import { createLog, type Log } from './log.ts';
import { createModelEdits } from './model-edits.ts';
import { createNewImages } from './new-images.ts';
import { createPictures, type Pictures } from './pictures.ts';
import { createPredictions } from './predictions.ts';
import { createProjects } from './projects.ts';
import { createReports, type Reports } from './reports.ts';
import { createResults } from './results.ts';
import { RunService } from './runs.ts';
import { createScoreMaps } from './score-maps.ts';
import { SetupService } from './setup.ts';
import { createSettings } from './settings.ts';
import { SharedRunService } from './shared-runs.ts';
import { createStudies } from './studies.ts';
import type { WorkbenchOptions } from './workbench-options.ts';

/** The workbench behind a window or a page. */
export interface WorkbenchService {
  readonly handlers: Handlers;
  readonly events: EventHub;
  readonly log: Log;
  readonly pictures: Pictures;
  readonly reports: Reports;
  /** Takes absolute paths of a command line or of the system. */
  openPaths(paths: readonly string[]): Promise<void>;
  close(): void;
}

/**
 * Quick answers do not wait in the line of a long run: they have a process of their own, on the CPU. Nor do they wait there
 * for maps that are drawn and images that are decided again.
 */
const VIEWER = { concurrency: 4, longAtOnce: 2 };

/**
 * Builds the workbench: one compute process for runs, one job at a time, and one that reads models, results and
 * pictures for the views. Nothing native is loaded here.
 */
export function createWorkbench(options: WorkbenchOptions): WorkbenchService {
  const { storage, places, desktop, spawn } = options;
  const events = createEventHub();
  const log = createLog(events);
  const onState = (state: ComputeState): void => {
    events.emit('compute', state);
    if (state.reason !== undefined) log.write('warning', `The compute process ended: ${state.reason}.`);
  };
  const tryDevice = (device: DeviceName) => tryInThrowAway(spawn, device);
  const runner = new ComputeClient({ spawn: () => spawn('compute'), concurrency: 1, onState, tryDevice });
  const viewer = new ComputeClient({ spawn: () => spawn('viewer'), ...VIEWER, tryDevice });
  const projects = createProjects(storage, places, viewer);
  const setup = new SetupService({ storage, places, projects, viewer, events });
  const results = createResults({ storage, projects, viewer, events });
  const onChange = async (folder: string): Promise<void> => {
    // A run that fails at its start leaves no project behind.
    if (await storage.exists(path.join(folder, 'project.json'))) await projects.remember(folder);
    await setup.refreshRuns();
    events.emit('recent', await projects.recent());
  };
  const told = { storage, state: places.state, projects, events, log, onChange };
  const runs = new RunService({ ...told, cache: places.cache, runner });
  const sharedRuns = new SharedRunService({ ...told, commands: options.commands });
  const jobs = createLongJobs(events);
  onProjectClosed(events, (folder) => jobs.cancelIn(folder));
  const reports = createReports(storage, places.cache, viewer, desktop, jobs);
  const pictures = createPictures({
    storage,
    cache: places.cache,
    viewer,
    projects,
    imageOf: (scan, index) =>
      setup.imageOf(scan, index) ?? newImages.imageOf(scan, index) ?? modelEdits.imageOf(scan, index),
    earlyImagesOf: (project, run) => runs.earlyImagesOf(project, run),
  });
  const newImages = createNewImages({ runner, jobs, reports, pictures });
  const modelEdits = createModelEdits({ runner, viewer, jobs, reports, pictures, desktop });
  const studies = createStudies({ ...options, results, viewer, events, log });
  const recalled = recall(runs, sharedRuns, setup, log);
  const handlers = createHandlers({
    ...options,
    events,
    log,
    runner,
    viewer,
    projects,
    setup,
    runs,
    sharedRuns,
    results,
    reports,
    evaluations: createEvaluations(runner, events, jobs, places.cache),
    comparisons: createComparisons({ storage, projects, setup, results, viewer, jobs, reports }),
    newImages,
    modelEdits,
    pictures,
    predictions: createPredictions({ setup, runner, events, jobs, cache: places.cache }),
    scoreMaps: createScoreMaps({ storage, setup, runner, events, jobs, reports }),
    settings: createSettings(storage, places),
    ...{ studies, recalled },
    jobs,
  });
  return {
    handlers,
    events,
    log,
    pictures,
    reports,
    openPaths: (paths) => openPaths(handlers, events, paths),
    close() {
      studies.close();
      runs.close();
      sharedRuns.close();
      viewer.close();
    },
  };
}

/** Calls the listener with the folder of the project that was open, whenever another one is. */
function onProjectClosed(events: EventHub, listener: (folder: string) => void): void {
  let open: string | null = null;
  events.subscribe((name, payload) => {
    if (name !== 'setup') return;
    const { folder } = payload as Setup;
    if (open !== null && folder !== open) listener(open);
    open = folder;
  });
}

/** Takes what came from outside a view, and asks the view for the screen that shows it. */
async function openPaths(
  handlers: WorkbenchService['handlers'],
  events: EventHub,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  const { folder, runs } = await handlers.addPaths({ paths });
  const isProject = paths.some((given) => folder === given || folder === path.dirname(given));
  const isExplained = isProject && runs.some(({ isFinished }) => isFinished);
  events.emit('navigate', { screen: isExplained ? 'concepts' : 'setup' });
}

/** Opens the project of a run that was under way when the program ended. */
async function recall(
  runs: RunService,
  sharedRuns: SharedRunService,
  setup: SetupService,
  log: Log,
): Promise<void> {
  await sharedRuns.recall();
  const folder = (await runs.recall()) ?? sharedRuns.state?.folder;
  if (folder === undefined) return;
  log.write('info', `A run in ${folder} has not ended; it can be resumed.`);
  await setup.openProject(folder).catch((error: unknown) => log.write('error', String(error)));
}

/** A driver may abort its process, so each trial has one to lose. */
async function tryInThrowAway(spawn: WorkbenchOptions['spawn'], device: DeviceName): Promise<Trial> {
  const client = new ComputeClient({
    spawn: () => spawn('device trial'),
    concurrency: 1,
    backOffMs: [],
    silenceMs: 60_000,
  });
  try {
    return await client.run('tryDevice', { device });
  } catch (error) {
    return { works: false, failure: `the driver ended the process: ${(error as Error).message}` };
  } finally {
    client.close();
  }
}
