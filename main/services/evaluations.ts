import type { RankCurve, RunEvaluation } from '../api/contract.ts';
import type { Progress } from '../../core/platform.ts';
import type { EvaluationLevel } from '../../core/metrics/evaluation.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { ExplainQuestion, RunQuestion } from '../compute/protocol.ts';
import type { EventHub } from './events.ts';
import type { JobProgress } from './job-progress.ts';

/** What is computed on request about runs and before them; one at a time, and it can be stopped. */
export interface Evaluations {
  evaluate(question: RunQuestion, level: EvaluationLevel): Promise<RunEvaluation>;
  rankOfRun(question: RunQuestion): Promise<RankCurve>;
  rankOfOptions(question: Omit<ExplainQuestion, 'command'>): Promise<RankCurve>;
  stop(): void;
}

/** Evaluations that the process of runs makes; views follow them by the event `job`. */
export function createEvaluations(
  runner: ComputeClient,
  events: EventHub,
  jobProgress: JobProgress,
): Evaluations {
  const underWay = new Set<AbortController>();
  const watched = async <T>(
    job: string,
    folder: string,
    task: (options: { signal: AbortSignal; onProgress: (progress: Progress) => void }) => Promise<T>,
  ): Promise<T> => {
    const cancel = new AbortController();
    underWay.add(cancel);
    const onProgress = jobProgress(job, folder);
    try {
      return await task({ signal: cancel.signal, onProgress });
    } finally {
      underWay.delete(cancel);
      // Views show a job until it says that all is done, however it ended.
      onProgress({ stage: job, done: 1, total: 1 });
    }
  };
  const changed = <T>({ key, runId }: RunQuestion, answer: T): T => {
    events.emit('result', { project: key, runId });
    return answer;
  };
  return {
    async evaluate(question, level) {
      const evaluation = await watched('evaluation', question.folder, (options) =>
        runner.run('evaluateRun', { ...question, level }, options),
      );
      return changed(question, evaluation);
    },
    async rankOfRun(question) {
      const curve = await watched('rank', question.folder, (options) =>
        runner.run('rankOfRun', question, options),
      );
      return changed(question, curve);
    },
    rankOfOptions: (question) =>
      watched('rank', question.folder, (options) => runner.run('rankOfOptions', question, options)),
    stop() {
      for (const cancel of underWay) cancel.abort();
    },
  };
}
