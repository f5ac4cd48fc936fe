import type { RunKey } from '../../main/api/contract.ts';

/** What may name a run: a run that is only beginning has no id yet. */
type RunName = { readonly [Field in keyof RunKey]: string | null };

/** Are both the same run? Two projects both have a "run1", so that an id alone says nothing. */
export function isSameRun(one: RunName | null | undefined, other: RunKey): boolean {
  return one?.project === other.project && one.runId === other.runId;
}
