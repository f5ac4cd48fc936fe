import type { Screen } from '../../main/api/contract.ts';
import { CallError } from '../api.ts';

/** A message at the edge of the window: a failure, or a deed with a way back. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly error?: unknown;
  /** What a failure is about, where that is not what is shown. */
  readonly about?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** A failure of this session; those that are not shown any more can be looked up. */
export interface Failure extends Pick<Notice, 'id' | 'error' | 'about'> {
  readonly at: Date;
  readonly screen: Screen;
  /** Remains until a person closes it, whatever succeeds and wherever the person goes. */
  readonly isLasting: boolean;
}

/** More would cover the screen. */
const MOST_SHOWN = 3;
const MOST_KEPT = 50;

/** What is shown with one notice more: what was said goes before what failed, and the older before the newer. */
export function withNotice(shown: readonly Notice[], notice: Notice): readonly Notice[] {
  const others = [...shown];
  while (others.length >= MOST_SHOWN) {
    const said = others.findIndex(({ error }) => error === undefined);
    others.splice(Math.max(0, said), 1);
  }
  return [...others, notice];
}

/** The failures that are kept with one that has just happened, the newest first. */
export function withFailure(failures: readonly Failure[], failure: Omit<Failure, 'at'>): readonly Failure[] {
  return [{ ...failure, at: new Date() }, ...failures].slice(0, MOST_KEPT);
}

/** What is shown once a method has succeeded: earlier failures of it are over. */
export function afterDone(
  shown: readonly Notice[],
  failures: readonly Failure[],
  method: string,
): readonly Notice[] {
  return without(shown, failures, ({ error }) => error instanceof CallError && error.method === method);
}

/** What is shown once a screen is left: its failures go out of sight. */
export function afterLeaving(
  shown: readonly Notice[],
  failures: readonly Failure[],
  screen: Screen,
): readonly Notice[] {
  return without(shown, failures, (failure) => failure.screen === screen);
}

/** The same array where nothing goes, so that nothing is drawn anew. */
function without(
  shown: readonly Notice[],
  failures: readonly Failure[],
  isOver: (failure: Failure) => boolean,
): readonly Notice[] {
  const over = new Set(failures.filter((one) => !one.isLasting && isOver(one)).map(({ id }) => id));
  return shown.some(({ id }) => over.has(id)) ? shown.filter(({ id }) => !over.has(id)) : shown;
}
