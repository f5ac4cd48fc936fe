import { parsePreprocessing, type Preprocessing } from '../../../core/images/preprocessing.ts';
import { factsOfRun } from '../../../core/pipeline/input-changes.ts';
import { lazyList } from '../../../core/lazy-list.ts';
import type { FileFact } from '../../../core/pipeline/question.ts';
import type { Storage } from '../../../core/platform.ts';
import { loadRun, openProject } from '../../../core/project/project-folder.ts';
import type { RunQuestion } from '../protocol.ts';
import { createKeptAnswers } from './kept-answers.ts';

/** What a picture of a run's explained images is made of. */
export interface RunPictures {
  readonly preprocessing: Preprocessing;
  /** The explained images with what their files were; none of a run that has not ended. */
  readonly images: readonly FileFact[];
}

/** Paths only: as many as a list of runs shows at once. */
const KEPT = 32;

/**
 * The explained images of runs without their arrays, of which a list of runs would open those of every run to show a few
 * crops, and close those of the run that is shown.
 */
export function createRunPictures(storage: Storage): (question: RunQuestion) => Promise<RunPictures> {
  const kept = createKeptAnswers<RunPictures>(KEPT);
  return async ({ folder, runId }) => {
    const path = storage.join(folder, 'runs', runId, 'run.json');
    const modified = (await storage.exists(path)) ? (await storage.stat(path)).modifiedMs : 0;
    return kept([folder, runId, modified].join('\n'), async () => {
      const project = await openProject(storage, folder);
      const run = await loadRun(project, runId);
      const factOf = await factsOfRun(project, run);
      const explained = run.explanation?.images ?? [];
      return {
        preprocessing: parsePreprocessing(run.given?.preprocessing ?? project.file.preprocessing),
        images: lazyList(explained.length, (at) => factOf(explained[at].file)),
      };
    });
  };
}
