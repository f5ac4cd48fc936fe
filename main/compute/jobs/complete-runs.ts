import {
  computeMerges,
  notComputed,
  type FinishedRun,
  type MergeWork,
  type MissingMerges,
} from '../../../core/pipeline/bank-merges.ts';
import { completeRuns } from '../../../core/pipeline/complete-runs.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { Project } from '../../../core/project/project-folder.ts';
import type { OpenIntake } from './intakes.ts';
import { openRunModel } from './run-models.ts';

/** Computes for runs what is missing of merged and own concepts, before long work that shows them. */
export interface CompleteRuns {
  /** Of some runs of a project; one that cannot be completed is left as it is, which views say of it. */
  (project: Project, runIds: readonly string[], work: MergeWork): Promise<void>;
  /** Of merged concepts alone. */
  merges(project: Project, runIds: readonly string[], work: MergeWork): Promise<void>;
  /** What is known to be missing; rejects where that of the run `required` cannot be computed. */
  missing(
    project: Project,
    missing: readonly MissingMerges[],
    work: MergeWork,
    required: string,
  ): Promise<void>;
}

/** Opens models as they are asked for. */
export function createCompleteRuns(environment: Environment, openIntake: OpenIntake): CompleteRuns {
  const scopeOf = (project: Project) => async (run: FinishedRun) => ({
    environment,
    intake: await openRunModel(openIntake, { run, project }),
    device: await environment.openDevice(run.options.device),
  });
  const complete =
    (hasOwn: boolean): CompleteRuns['merges'] =>
    (project, runIds, { signal, onProgress }) =>
      completeRuns(
        project,
        runIds,
        scopeOf(project),
        { signal, onProgress },
        { hasOwn, warn: environment.warn },
      );
  const missing: CompleteRuns['missing'] = (project, left, { signal, onProgress }, required) =>
    computeMerges(project, left, scopeOf(project), { signal, onProgress }, (run, error) => {
      if (run.id === required) throw error;
      environment.warn?.(notComputed(run, error));
    });
  return Object.assign(complete(true), { merges: complete(false), missing });
}
