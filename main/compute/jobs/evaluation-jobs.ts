import {
  evaluateRun,
  frontierOfQuestion,
  rankOfQuestion,
  rankOfRun,
  type EvaluatedScope,
} from '../../../core/pipeline/evaluation/evaluate-run.ts';
import { resolveQuestion } from '../../../core/pipeline/question.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { loadEvaluation } from '../../../core/project/evaluation-file.ts';
import { writeToProject } from '../../../core/project/write-lock.ts';
import { errorAnalysis, evaluationView, frontierView } from './evaluation-views.ts';
import type { OpenIntake } from './intakes.ts';
import type { JobContext, Jobs } from './job-context.ts';
import type { JobQuestion } from '../protocol.ts';
import type { OpenedRun, OpenRun } from './opened-runs.ts';
import { withAnswers, workPlace } from './program-cache.ts';
import { modelQuestionIn } from './run-jobs.ts';
import { openRunModel } from './run-models.ts';

/** Jobs that say how far a run can be trusted, what its mistakes have in common, and how many concepts to ask for. */
export function evaluationJobs(
  environment: Environment,
  openIntake: OpenIntake,
  openRun: OpenRun,
): Jobs<
  'readEvaluation' | 'evaluateRun' | 'errorAnalysis' | 'rankOfRun' | 'rankOfOptions' | 'frontierOfOptions'
> {
  const { storage } = environment;
  /** The run's own model on the run's device, alone in its project. */
  const inRun = async <T>(
    opened: OpenedRun,
    { signal, onProgress }: JobContext,
    task: (scope: EvaluatedScope) => Promise<T>,
  ): Promise<T> => {
    const { project, run } = opened;
    const intake = await openRunModel(openIntake, opened);
    const device = await environment.openDevice(run.options.device);
    return writeToProject(project, environment.self, () =>
      task({ environment, device, intake, project, signal, onProgress }),
    );
  };
  /** For the run that options would make, with what was asked of the model before. */
  const beforeRun = async <T>(
    { folder, options, cache }: JobQuestion<'rankOfOptions'>,
    { signal, onProgress }: JobContext,
    task: (...given: Parameters<typeof rankOfQuestion>) => Promise<T>,
  ): Promise<T> => {
    const intake = await openIntake(await modelQuestionIn(storage, folder, options));
    const asked = await resolveQuestion(storage, intake, options);
    const device = await environment.openDevice(options.device);
    const place = await workPlace(environment, folder, cache, intake);
    const scope = { environment: withAnswers(environment, cache), device, signal, onProgress };
    return writeToProject(place, environment.self, () => task({ ...scope, project: place }, asked, options));
  };
  return {
    async readEvaluation(question) {
      const opened = await openRun(question);
      return evaluationView(question.key, opened, await loadEvaluation(opened.project, question.runId));
    },

    async evaluateRun({ level, ...question }, context) {
      const opened = await openRun(question);
      return inRun(opened, context, async (scope) =>
        evaluationView(question.key, opened, await evaluateRun(scope, question.runId, level)),
      );
    },

    async errorAnalysis(question) {
      return errorAnalysis(question, await openRun(question));
    },

    async rankOfRun(question, context) {
      const opened = await openRun(question);
      return inRun(opened, context, (scope) => rankOfRun(scope, question.runId));
    },

    rankOfOptions: (question, context) => beforeRun(question, context, rankOfQuestion),

    async frontierOfOptions(question, context) {
      const frontier = await beforeRun(question, context, frontierOfQuestion);
      return frontier ? frontierView(frontier) : null;
    },
  };
}
