import { completeRuns as complete } from '../../core/pipeline/bank-merges.ts';
import type { Environment } from '../../core/pipeline/environment.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { progressPrinter } from './progress.ts';
import { runModel } from './run-model.ts';

/** Computes what is missing of the merged concepts of some runs before they are told of; says on stderr where it cannot. */
export function completeRuns(
  environment: Environment,
  project: Project,
  runIds: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const work = { onProgress: progressPrinter(process.stderr), signal };
  const scopeOf = (run: Parameters<typeof runModel>[2]) => runModel(environment, project, run);
  return complete(project, runIds, scopeOf, work, environment.warn);
}
