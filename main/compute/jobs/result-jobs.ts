import { writeReport } from '../../../core/pipeline/write-report.ts';
import { inputChanges } from '../../../core/pipeline/input-changes.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { loadEvaluation } from '../../../core/project/evaluation-file.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import type { CompleteRuns } from './complete-runs.ts';
import type { Jobs } from './job-context.ts';
import type { OpenRun } from './opened-runs.ts';
import { resultView } from './result-view.ts';
import type { Progress } from '../../../core/platform.ts';
import { loadNotes } from '../../../core/project/run-notes.ts';

/** Jobs that read what a run found out. */
export function resultJobs(
  environment: Environment,
  openRun: OpenRun,
  complete: CompleteRuns,
): Jobs<'readResult' | 'readInputs' | 'writeReport'> {
  const { storage } = environment;
  return {
    async readResult(question) {
      const opened = await openRun(question);
      const { run, project } = opened;
      const notes = await loadNotes(project, run.id);
      return resultView(question, opened, notes, await loadEvaluation(project, run.id));
    },

    async readInputs(question) {
      const { project, run } = await openRun(question);
      const { isKnown, changed, missing, cards } = await inputChanges(project, run);
      const images = run.explanation.images.length;
      return { isKnown, images, changed: changed.size, missing: missing.size, cards };
    },

    async writeReport({ folder, runId, path, ...contents }, { signal, onProgress }) {
      const follow = (progress: Progress): void => {
        signal.throwIfAborted();
        onProgress(progress);
      };
      const project = await openProject(storage, folder);
      await complete(project, [runId], { signal, onProgress });
      return writeReport(environment, project, runId, path, follow, contents);
    },
  };
}
