import { runLabel } from '../../core/wording/run-label.ts';
import type { RunResult, RunState, Screen, Setup } from '../../main/api/contract.ts';
import { isSameRun } from './same-run.ts';

/** What a trail is made from. */
export interface TrailFacts {
  readonly screen: Screen;
  readonly setup: Setup | null;
  /** What the next run is set up for. */
  readonly next: { readonly layer: string | undefined; readonly className: string | null };
  /** The run under way, or the last one. */
  readonly run: RunState | null;
  /** The run that is shown. */
  readonly result: RunResult | null;
}

/** A step of a trail; `isRun`: it names the run that is shown. */
export interface TrailPart {
  readonly text: string;
  readonly isRun: boolean;
}

/**
 * Where the window stands: project, model, run, layer, class. What stands here is what the screen is about: the setup
 * for the next run, the run under way, or the run that is shown; never parts of two.
 */
export function trailOf(facts: TrailFacts): readonly TrailPart[] {
  const { screen, run, setup } = facts;
  // Two runs, which the screen names itself.
  if (screen === 'compare') return [];
  const place =
    screen === 'run' && run !== null && run.folder !== setup?.folder
      ? [run.projectName]
      : [setup?.name, setup?.model?.fileName];
  return [...place, ...subjectOf(facts)]
    .filter((part) => part !== null && part !== undefined)
    .map((part) => (typeof part === 'string' ? { text: part, isRun: false } : part));
}

type Part = TrailPart | string | null | undefined;

function subjectOf({ screen, setup, run, result, next }: TrailFacts): readonly Part[] {
  if (screen === 'run') {
    const known = setup?.runs.find((listed) => isSameRun(run, listed));
    return [run?.runId && runLabel(run.runId, known?.name), run?.className];
  }
  if (screen === 'overview') return [];
  if (screen === 'setup' || result === null) return [next.layer, next.className];
  const { runId, name } = result.run;
  return [{ text: runLabel(runId, name), isRun: true }, result.layer.tensor, result.className];
}
