import { completeRuns as complete } from '../../core/pipeline/complete-runs.ts';
import type { Environment } from '../../core/pipeline/environment.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { progressPrinter } from './progress.ts';
import { runModel } from './run-model.ts';

/**
 * Computes what some runs lack of merged concepts, and of own ones where they are told of (`hasOwn`), before that; says on
 * stderr where it cannot.
 */
export function completeRuns(
  environment: Environment,
  project: Project,
  runIds: readonly string[],
  { hasOwn, signal }: { readonly hasOwn: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const work = { onProgress: progressPrinter(process.stderr), signal };
  const scopeOf = (run: Parameters<typeof runModel>[2]) => runModel(environment, project, run);
  return complete(project, runIds, scopeOf, work, { hasOwn, warn: environment.warn });
}
