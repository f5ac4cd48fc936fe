import type { PageId } from '../api/call-handler.ts';
import type { FrontierView, RankCurve, RunEvaluation } from '../api/contract.ts';
import type { EvaluationLevel } from '../../core/metrics/evaluation.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { ExplainQuestion, RunQuestion } from '../compute/protocol.ts';
import type { EventHub } from './events.ts';
import type { LongJobs } from './long-jobs.ts';

/** What is computed on request about runs and before them. */
export interface Evaluations {
  evaluate(question: RunQuestion, level: EvaluationLevel, page?: PageId): Promise<RunEvaluation>;
  rankOfRun(question: RunQuestion, page?: PageId): Promise<RankCurve>;
  rankOfOptions(question: Omit<ExplainQuestion, 'command'>, page?: PageId): Promise<RankCurve>;
  frontierOfOptions(question: Omit<ExplainQuestion, 'command'>, page?: PageId): Promise<FrontierView | null>;
}

/** Evaluations that the process of runs makes. */
export function createEvaluations(
  runner: ComputeClient,
  events: EventHub,
  jobs: LongJobs,
  cache: string,
): Evaluations {
  const changed = <T>({ key, runId }: RunQuestion, answer: T): T => {
    events.emit('result', { project: key, runId });
    return answer;
  };
  return {
    async evaluate(question, level, page) {
      const evaluation = await jobs.run({ kind: 'evaluation', folder: question.folder, page }, (watch) =>
        runner.run('evaluateRun', { ...question, level }, watch),
      );
      return changed(question, evaluation);
    },
    async rankOfRun(question, page) {
      const curve = await jobs.run({ kind: 'rank', folder: question.folder, page }, (watch) =>
        runner.run('rankOfRun', question, watch),
      );
      return changed(question, curve);
    },
    rankOfOptions: (question, page) =>
      jobs.run({ kind: 'rank', folder: question.folder, page }, (watch) =>
        runner.run('rankOfOptions', { ...question, cache }, watch),
      ),
    frontierOfOptions: (question, page) =>
      jobs.run({ kind: 'frontier', folder: question.folder, page }, (watch) =>
        runner.run('frontierOfOptions', { ...question, cache }, watch),
      ),
  };
}
