import type { WorkStatus } from '../../core/pipeline/shards/work-status.ts';
import type { RunPlace, SerializedError, SharedRunState, SharedStageState } from '../api/contract.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { projectName } from './project-name.ts';
import { withoutPassword } from './shared-run-engines.ts';

/** A shared run that is asked for. */
export interface AskedSharedRun {
  readonly folder: string;
  readonly className: string;
  /** Of the command that writes its plan. */
  readonly planArguments: readonly string[];
  /** With the password of a queue. */
  readonly place: RunPlace;
}

/** A shared run, as it changes. */
export interface CurrentSharedRun {
  readonly asked: AskedSharedRun;
  /** Its plan is written. */
  isPlanned: boolean;
  status: SharedRunState['status'];
  step: SharedRunState['step'];
  told: readonly string[];
  work: WorkStatus | null;
  logs: string | null;
  project: SharedRunState['project'];
  runId: string | null;
  error: SerializedError | null;
  /** Set while it is under way. */
  cancel: AbortController | undefined;
}

/** Lines that are kept of what was started. */
const KEPT_LINES = 50;

/** One that has not begun. */
export function newSharedRun(asked: AskedSharedRun): CurrentSharedRun {
  return {
    asked,
    ...{ isPlanned: false, status: 'paused', step: 'plan', told: [], work: null, logs: null },
    ...{ project: null, runId: null, error: null, cancel: undefined },
  };
}

/** With a line more. */
export function withLine(told: readonly string[], line: string): string[] {
  return [...told.slice(1 - KEPT_LINES), shownName(line.trim())];
}

/** A shared run as views see it. */
export function sharedStateOf(run: CurrentSharedRun): SharedRunState {
  const { asked, work, status, step, told, logs, project, runId, error } = run;
  const { folder, className, place } = asked;
  return {
    ...{ folder, projectName: projectName(folder), className, place: withoutPassword(place) },
    ...{ status, step, told, logs, project, runId, error },
    images: work?.pictures ?? null,
    stages: work?.stages.map(stageOf) ?? [],
    failures:
      work?.failures.map(({ stage, shard, of, host, message, hint, isFinal }) => ({
        ...{ stage, shard, of, host, isFinal },
        message: shownName(message),
        hint: hint === undefined ? null : shownName(hint),
      })) ?? [],
  };
}

function stageOf({ shards, ...facts }: WorkStatus['stages'][number]): SharedStageState {
  return {
    ...facts,
    shards: shards
      .map(({ shard, of, host, state, done, total, isSilent }) => ({
        ...{ shard, of, host, done, total },
        state: isSilent ? ('silent' as const) : state,
      }))
      .sort((a, b) => a.shard - b.shard),
  };
}
