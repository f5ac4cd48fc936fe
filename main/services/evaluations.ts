import type { PageId } from '../api/call-handler.ts';
import type { RankCurve, RunEvaluation } from '../api/contract.ts';
import type { Progress } from '../../core/platform.ts';
import type { EvaluationLevel } from '../../core/metrics/evaluation.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { ExplainQuestion, RunQuestion } from '../compute/protocol.ts';
import type { EventHub } from './events.ts';
import { createPageTasks } from './page-tasks.ts';
import type { JobProgress } from './job-progress.ts';

/** What is computed on request about runs and before them; one at a time, and the page that asked can stop it. */
export interface Evaluations {
  evaluate(question: RunQuestion, level: EvaluationLevel, page?: PageId): Promise<RunEvaluation>;
  rankOfRun(question: RunQuestion, page?: PageId): Promise<RankCurve>;
  rankOfOptions(question: Omit<ExplainQuestion, 'command'>, page?: PageId): Promise<RankCurve>;
  stop(page?: PageId): void;
}

/** Evaluations that the process of runs makes; views follow them by the event `job`. */
export function createEvaluations(
  runner: ComputeClient,
  events: EventHub,
  jobProgress: JobProgress,
  cache: string,
): Evaluations {
  const underWay = createPageTasks();
  const watched = async <T>(
    page: PageId | undefined,
    job: string,
    folder: string,
    task: (options: { signal: AbortSignal; onProgress: (progress: Progress) => void }) => Promise<T>,
  ): Promise<T> => {
    const onProgress = jobProgress(job, folder);
    try {
      return await underWay.run(page, (signal) => task({ signal, onProgress }));
    } finally {
      // Views show a job until it says that all is done, however it ended.
      onProgress({ stage: job, done: 1, total: 1 });
    }
  };
  const changed = <T>({ key, runId }: RunQuestion, answer: T): T => {
    events.emit('result', { project: key, runId });
    return answer;
  };
  return {
    async evaluate(question, level, page) {
      const evaluation = await watched(page, 'evaluation', question.folder, (options) =>
        runner.run('evaluateRun', { ...question, level }, options),
      );
      return changed(question, evaluation);
    },
    async rankOfRun(question, page) {
      const curve = await watched(page, 'rank', question.folder, (options) =>
        runner.run('rankOfRun', question, options),
      );
      return changed(question, curve);
    },
    rankOfOptions: (question, page) =>
      watched(page, 'rank', question.folder, (options) =>
        runner.run('rankOfOptions', { ...question, cache }, options),
      ),
    stop: (page) => underWay.stop(page),
  };
}
