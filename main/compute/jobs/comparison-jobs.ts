import { compareRuns, type Comparison } from '../../../core/comparison/compare-runs.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { loadComparedRun, type LoadedRun } from '../../../core/pipeline/compared-run.ts';
import { writeComparison } from '../../../core/pipeline/write-comparison.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import type { ComparedQuestion } from '../protocol.ts';
import { comparisonView } from './comparison-view.ts';
import type { CompleteRuns } from './complete-runs.ts';
import type { JobContext, Jobs } from './job-context.ts';

/** Steps of a comparison: either run is read, then both are compared. */
const STEPS = 3;

/** Jobs about two runs. */
export function comparisonJobs(
  environment: Environment,
  complete: CompleteRuns,
): Jobs<'compareRuns' | 'writeComparison'> {
  const { storage } = environment;
  const compared = async (
    { a, b }: ComparedQuestion,
    context: JobContext,
  ): Promise<{ readonly a: LoadedRun; readonly b: LoadedRun; readonly comparison: Comparison }> => {
    const { signal, onProgress } = context;
    for (const { folder, runId } of [a, b])
      await complete.merges(await openProject(storage, folder), [runId], context);
    const step = (done: number): void => {
      signal.throwIfAborted();
      onProgress({ stage: 'comparison', done, total: STEPS });
    };
    step(0);
    const first = await loadComparedRun(await openProject(storage, a.folder), a.runId);
    step(1);
    const second = await loadComparedRun(await openProject(storage, b.folder), b.runId);
    step(2);
    // What was asked meanwhile is heard first: matching many concepts takes a while.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    return { a: first, b: second, comparison: compareRuns(first.compared, second.compared) };
  };
  return {
    async compareRuns(question, context) {
      return comparisonView(question, await compared(question, context));
    },
    async writeComparison({ path, ...question }, context) {
      const { a, b, comparison } = await compared(question, context);
      await storage.makeDirectory(storage.dirname(path));
      await writeComparison(environment, { a, b }, comparison, path);
      return null;
    },
  };
}
