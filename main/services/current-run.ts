import type { EarlyConcepts, RunState, RunStatus, SerializedError } from '../api/contract.ts';
import { pictureId } from '../compute/picture-ids.ts';
import type { EarlyImages, ExplainQuestion, RunNews } from '../compute/protocol.ts';
import { projectName } from './project-name.ts';
import { createStageClock, type StageClock } from './stage-clock.ts';

/** A run from its start to its end, as it changes. */
export interface CurrentRun {
  readonly question: ExplainQuestion;
  readonly className: string;
  clock: StageClock;
  status: RunStatus;
  waitsFor: RunState['waitsFor'];
  project: RunState['project'];
  runId: string | null;
  isResumed: boolean;
  device: RunState['device'];
  error: SerializedError | null;
  early: EarlyConcepts | null;
  /**
   * The images that first concepts were found in, by the names of their pictures: those of a first look are still asked for
   * when the run itself has found concepts. `key` names the project in names of pictures.
   */
  readonly earlyImages: Map<string, EarlyImages & { readonly key: string }>;
  /** Set while the run is under way. */
  cancel: AbortController | undefined;
  /** What a stop is for. */
  stopAs: 'paused' | 'cancelled';
}

/** A run that begins. */
export function newRun(question: ExplainQuestion, className: string): CurrentRun {
  return {
    question,
    className,
    clock: clockOf(question),
    status: 'running',
    waitsFor: [],
    project: null,
    runId: null,
    isResumed: false,
    device: { used: null, fallbackReasons: [] },
    error: null,
    early: null,
    earlyImages: new Map(),
    cancel: undefined,
    stopAs: 'cancelled',
  };
}

/** The clock of a run that begins, or begins again. */
export function clockOf({ options }: ExplainQuestion): StageClock {
  return createStageClock(options);
}

/** The run as views see it; `next`: how many follow it. */
export function stateOf(run: CurrentRun, next: number): RunState {
  const { clock, question, project, runId, status, waitsFor, className, isResumed, device, error } = run;
  const { stages, etaSeconds } = clock;
  const { folder } = question;
  return {
    folder,
    projectName: projectName(folder),
    project,
    runId,
    status,
    waitsFor,
    className,
    next,
    stages,
    etaSeconds,
    isResumed,
    device,
    error,
  };
}

/** Takes the first concepts of a run; `key` names its project in names of pictures. */
export function takeEarly(
  run: CurrentRun,
  key: string,
  { runId, crops, files, preprocessing, of }: Extract<RunNews, { kind: 'concepts' }>,
): EarlyConcepts {
  run.project = key;
  run.runId = runId;
  // Images have other numbers in a first look than in the run, so that its pictures need names of their own.
  const named = of === undefined ? runId : `${runId}-first`;
  run.earlyImages.set(named, { key, files, preprocessing });
  run.early = {
    project: key,
    runId,
    concepts: crops.map(({ id, crops: places }) => ({
      id,
      crops: places.map(({ image, box }) =>
        pictureId({ kind: 'crop', project: key, run: named, image, box }),
      ),
    })),
    ...(of !== undefined && { from: { images: files.length, of } }),
  };
  return run.early;
}
