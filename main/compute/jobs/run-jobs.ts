import { chooseScore } from '../../../core/concepts/class-question.ts';
import { idOfRow } from '../../../core/concepts/recursion/concept-tree.ts';
import type { RunOptions } from '../../../core/concepts/run-options.ts';
import { explain } from '../../../core/pipeline/explain.ts';
import type { ModelIntake } from '../../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { checkLayer, checkQuestion, resolveQuestion } from '../../../core/pipeline/question.ts';
import { keptLabelsOf } from '../../../core/pipeline/reopen-model.ts';
import type { RunScope } from '../../../core/pipeline/run-context.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { Storage } from '../../../core/platform.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import { writeToProject } from '../../../core/project/write-lock.ts';
import type { ModelQuestion } from '../protocol.ts';
import type { OpenIntake } from './intakes.ts';
import type { JobContext, Jobs } from './job-context.ts';
import { takeDraft, withAnswers } from './program-cache.ts';
import { writeShortcut } from './project-shortcut.ts';

/** Jobs that take long and keep what they have computed in the project, so that they can be repeated at any time. */
export function runJobs(environment: Environment, openIntake: OpenIntake): Jobs<'explain' | 'checkOptions'> {
  return {
    async checkOptions({ model, options }) {
      const intake = await openIntake(model);
      // Without a cut there is no layer to check: maps alone can be asked for.
      if (intake.cutPoints.length === 0) {
        if (options.class !== 'all') chooseScore(intake.scores, options);
        return null;
      }
      // No class is chosen yet.
      if (options.class === 'all') checkLayer(intake, options);
      else checkQuestion(intake, options);
      return null;
    },

    async explain({ folder, options, command, cache }, context) {
      const intake = await openIntake(await modelQuestionIn(environment.storage, folder, options));
      const asked = await resolveQuestion(environment.storage, intake, options);
      const place = { folder, intake, roots: options.images, choice: options.device };
      return inProject(withAnswers(environment, cache), place, context, async (scope) => {
        await takeDraft(scope.project, cache, intake);
        const { run, resumed } = await explain(scope, asked, options, command);
        return { runId: run.id, resumed, stages: Object.keys(run.stages) };
      });
    },
  };
}

/** The part of a run's options that says how its model is opened, and what a project in the folder holds for it. */
export async function modelQuestionIn(
  storage: Storage,
  folder: string,
  { model, labels, labelShift, preprocessing, alpha, output, task, threshold }: RunOptions,
): Promise<ModelQuestion> {
  const isKept = labels !== undefined && (await storage.exists(storage.join(folder, 'project.json')));
  return {
    path: model,
    ...(labels !== undefined && { labels }),
    ...(isKept && keptLabelsOf((await openProject(storage, folder)).file)),
    ...(labelShift !== undefined && { labelShift }),
    ...(preprocessing !== undefined && { preprocessing }),
    ...(alpha !== undefined && { alpha }),
    ...(output !== undefined && { output }),
    ...(task !== undefined && { task }),
    ...(threshold !== undefined && { threshold }),
  };
}

interface Place {
  readonly folder: string;
  readonly intake: ModelIntake;
  readonly roots: readonly string[];
  readonly choice: RunOptions['device'];
}

/** Opens the device and the project, made for its first run where there is none, and writes to it alone. */
async function inProject<T>(
  environment: Environment,
  { folder, intake, roots, choice }: Place,
  { signal, onProgress, onNews }: JobContext,
  task: (scope: RunScope) => Promise<T>,
): Promise<T> {
  const device = await environment.openDevice(choice);
  onNews({ kind: 'device', used: device.used, fallbackReasons: [...device.fallbackReasons] });
  await environment.storage.makeDirectory(folder);
  return writeToProject({ storage: environment.storage, folder }, environment.self, async () => {
    const project = await openOrCreateProject(environment, folder, intake, roots);
    await writeShortcut(environment.storage, folder);
    return task({
      environment,
      device,
      project,
      signal,
      onProgress,
      onResume: (runId) => onNews({ kind: 'started', runId, resumed: true }),
      onConcepts: (runId, places, images, of) =>
        onNews({
          kind: 'concepts',
          runId,
          files: images.map(({ path }) => path),
          preprocessing: intake.preprocessing.preprocessing,
          crops: places.map((crops, concept) => ({ id: idOfRow(concept), crops: [...crops] })),
          ...(of !== undefined && { of }),
        }),
    });
  });
}
