import type { RunResult, RunState, Screen, Setup } from '../../main/api/contract.ts';

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

/**
 * Where the window stands: project, model, layer, class. What stands here is what the screen is about: the setup for the
 * next run, the run under way, or the run that is shown; never parts of two.
 */
export function trailOf({ screen, setup, next, run, result }: TrailFacts): readonly string[] {
  if (screen === 'run' && run !== null && run.folder !== setup?.folder)
    return [run.projectName, run.className];
  const place = [setup?.name, setup?.model?.fileName];
  const about = (): readonly (string | null | undefined)[] => {
    if (screen === 'setup' || (result === null && screen !== 'run')) return [next.layer, next.className];
    if (screen === 'run') return [run?.className];
    return [result?.layer.tensor, result?.className];
  };
  return [...place, ...about()].filter((part) => part !== null && part !== undefined);
}
