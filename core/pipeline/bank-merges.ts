import type { Explanation } from '../concepts/explanation.ts';
import { TesseraError } from '../errors.ts';
import type { Progress } from '../platform.ts';
import { changeProject } from '../project/change-lock.ts';
import { loadMerged, saveMerged } from '../project/merged-file.ts';
import type { Project } from '../project/project-folder.ts';
import { listRuns } from '../project/run-list.ts';
import { loadNotes } from '../project/run-notes.ts';
import type { RunFile } from '../project/schema.ts';
import { loadRunTensors } from '../project/tensors-file.ts';
import { mergeConcepts, stepsOfMerge } from './merge-concepts.ts';
import type { ScoredScope, WorkScope } from './run-context.ts';

/*
 * A merge holds for every run of a bank, and its figures are those of a run: they are computed for all of them when it is
 * made, and for a run that is made later before it ends. What is missing all the same, as after a stop, is computed where
 * it is next asked for with time to spare, and until then said to be missing.
 */

/** A run that has ended. */
export type FinishedRun = RunFile & { readonly explanation: Explanation };

/** A run, and groups of its concepts of which nothing is computed together. */
export interface MissingMerges {
  readonly run: FinishedRun;
  readonly groups: readonly (readonly string[])[];
}

/** Who hears of it, and how it is stopped. */
export type MergeWork = Pick<WorkScope, 'onProgress' | 'signal'>;

/** The finished runs that have a bank in common, the newest first. */
export async function runsOfBank(project: Project, bank: string): Promise<FinishedRun[]> {
  return (await listRuns(project)).flatMap((one) => {
    if (one.status !== 'finished' || one.run.explanation === undefined) return [];
    const { explanation } = one.run;
    return explanation.factorization.shared?.bank === bank ? [{ ...one.run, explanation }] : [];
  });
}

/** Those of some runs of which something is missing: of the given groups, else of all that are merged in their notes. */
export async function missingMerges(
  project: Project,
  runs: readonly FinishedRun[],
  groups?: MissingMerges['groups'],
): Promise<MissingMerges[]> {
  const missing: MissingMerges[] = [];
  for (const run of runs) {
    const left: (readonly string[])[] = [];
    for (const group of groups ?? (await loadNotes(project, run.id)).merged)
      if ((await loadMerged(project, run, group)) === undefined) left.push(group);
    if (left.length > 0) missing.push({ run, groups: left });
  }
  return missing;
}

/** Opens the model that a run explains. */
export type OpenRunScope = (run: FinishedRun) => Promise<ScoredScope>;

/** Said of a run whose merged concepts could not be computed. */
export function notComputed({ id }: Pick<FinishedRun, 'id'>, { message }: TesseraError): string {
  return `Merged concepts are not computed for ${id}: ${message}`;
}

/** Computes for a new run what is merged in the bank that it has; where that is not possible, the run is kept without. */
export async function mergeAsInBank(
  { project, signal, onProgress, ...scope }: ScoredScope & WorkScope,
  run: FinishedRun,
): Promise<void> {
  const missing = await missingMerges(project, [run]);
  await computeMerges(
    project,
    missing,
    () => Promise.resolve(scope),
    { signal, onProgress },
    (_, error) => scope.environment.warn?.(notComputed(run, error)),
  );
}

/**
 * Computes what is missing and keeps it with the runs, one after the other; `scopeOf` opens the model of a run. Where a
 * `onFailure` is given it hears of the runs for which that is not possible, as with pictures that are gone, and the others
 * are computed all the same.
 *
 * Throws   the signal's reason when aborted: what was computed is kept; a TesseraError of a run where nobody hears of it.
 */
export async function computeMerges(
  project: Project,
  missing: readonly MissingMerges[],
  scopeOf: OpenRunScope,
  { onProgress, signal }: MergeWork,
  onFailure?: (run: FinishedRun, error: TesseraError) => void,
): Promise<void> {
  const total = missing.reduce(
    (sum, { run, groups }) => sum + groups.length * stepsOfMerge(run.explanation),
    0,
  );
  let before = 0;
  for (const { run, groups } of missing) {
    const steps = stepsOfMerge(run.explanation);
    try {
      const scope = await scopeOf(run);
      const tensors = await loadRunTensors(project, run.id);
      for (const [at, group] of groups.entries()) {
        const told = ({ stage, done }: Progress): void =>
          onProgress({ stage, done: before + at * steps + done, total });
        const figures = await mergeConcepts(
          { ...scope, project, signal, onProgress: told },
          run,
          tensors,
          group,
        );
        await changeProject(project, scope.environment.self, () => saveMerged(project, run, group, figures));
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (onFailure === undefined || !(error instanceof TesseraError)) throw error;
      onFailure(run, error);
    }
    before += groups.length * steps;
  }
}
