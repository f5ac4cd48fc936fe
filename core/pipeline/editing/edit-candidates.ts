import type { ConceptEdit, EditWay } from '../../editing/concept-edit.ts';
import type { ScoredScope } from '../run-context.ts';
import { planEdit, type EditedRun } from './plan-edit.ts';

/** An edit that is tried: which concepts, rows of the bank, by which factor, and how. */
export interface EditCandidate {
  readonly how: EditWay;
  readonly rows: readonly number[];
  readonly factor: number;
}

/** Makes edits of candidates; what several need is read from the pictures once. */
export type CandidatePlanner = (candidate: EditCandidate) => Promise<ConceptEdit>;

/**
 * A planner for the concepts of a run. Means are taken once for all concepts; patterns, which depend on which concepts change
 * together, for each set of them. What it plans is judged roughly so: `planEdit` plans the edit that is chosen.
 */
export function candidatePlanner(
  scope: ScoredScope,
  run: EditedRun,
  signal: AbortSignal | undefined,
): CandidatePlanner {
  const r = run.conceptBank.rows;
  const known = new Map<string, Promise<ConceptEdit>>();
  const planned = (how: EditWay, rows: readonly number[] | 'all'): Promise<ConceptEdit> => {
    const key = JSON.stringify([how, rows]);
    const factors = Array.from({ length: r }, (_, row) => Number(rows !== 'all' && !rows.includes(row)));
    const made = known.get(key) ?? planEdit(scope, run, { how, factors }, signal).then(({ edit }) => edit);
    known.set(key, made);
    return made;
  };
  return async ({ how, rows, factor }) => {
    const factors = Array.from({ length: r }, (_, row) => (rows.includes(row) ? factor : 1));
    return { ...(await planned(how, how === 'pattern' ? rows : 'all')), factors };
  };
}
