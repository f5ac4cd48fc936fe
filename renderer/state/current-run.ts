import type { RunKey, RunState, Setup } from '../../main/api/contract.ts';
import { isSameRun } from './same-run.ts';

/** What decides which run the screen Run is about. */
interface RunsInSight {
  /** The run under way or the last one, of whatever project. */
  readonly state: RunState | null;
  readonly isActive: boolean;
  readonly setup: Pick<Setup, 'folder' | 'runs'> | null;
  /** The run that the other screens show; nothing where none is shown yet. */
  readonly shown: RunKey | null | undefined;
}

/**
 * The run under way, or the last one of the open project: one that has ended only while it is the one that is shown, and
 * not once it was deleted.
 */
export function currentRunOf({ state, isActive, setup, shown }: RunsInSight): RunState | null {
  if (isActive || state === null) return state;
  if (state.folder !== setup?.folder) return null;
  if (state.status !== 'done') return state;
  const isListed = setup.runs.some((run) => isSameRun(state, run));
  const isShown = !shown || isSameRun(state, shown);
  return isListed && isShown ? state : null;
}
