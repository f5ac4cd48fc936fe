import { fittingTasks, usualTask } from '../../../core/pipeline/choose-output.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { OutputFacts } from '../../../core/onnx/score/output-roles.ts';
import type { Task } from '../../../core/score/model-scores.ts';
import type { OutputTrial } from '../../api/contract.ts';
import { serializeError } from '../../api/serialize-error.ts';
import { shownName } from '../../../core/wording/shown-name.ts';
import type { ModelQuestion } from '../protocol.ts';
import type { DescribeModel, OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import { logitsOf, topClasses } from './preview-jobs.ts';

/** Classes shown of a picture. */
const TOP = 3;

/** Jobs that help to choose the output that is explained, on the CPU. */
export function outputJobs(
  environment: Environment,
  describe: DescribeModel,
  openIntake: OpenIntake,
): Jobs<'previewOutputs'> {
  return {
    async previewOutputs({ images, pictures = [], ...question }, { signal }) {
      const { outputs } = await describe(question);
      const trials: OutputTrial[] = [];
      for (const facts of outputs) {
        for (const task of tasksTried(facts)) {
          signal.throwIfAborted();
          const asked = { ...withoutThreshold(question), output: facts.name, task };
          const tried = await shownBy(asked).catch((error: unknown) => ({
            ...{ unit: null, pictures: [], problem: serializeError(error) },
          }));
          trials.push({ output: facts.name, task, ...tried });
        }
      }
      return trials;

      async function shownBy(asked: ModelQuestion): Promise<Omit<OutputTrial, 'output' | 'task'>> {
        const intake = await openIntake(asked);
        const { logits, readable } = await logitsOf(environment, intake, images);
        return {
          unit: intake.scores.unit ?? null,
          problem: null,
          pictures: readable.map((index, row) => ({
            picture: pictures[index] ?? '',
            fileName: shownName(environment.storage.basename(images[index].path)),
            top: topClasses(intake, logits!, row).slice(0, TOP),
          })),
        };
      }
    },
  };
}

/** One number may be a yes or no, or an amount; more are taken as what such an output usually is. */
function tasksTried(facts: OutputFacts): readonly Task[] {
  const fitting = fittingTasks(facts);
  if (facts.width === 1) return fitting;
  const usual = usualTask(facts);
  return fitting.includes(usual) ? [usual] : fitting.slice(0, 1);
}

/** A threshold is of one task. */
function withoutThreshold(question: ModelQuestion): ModelQuestion {
  const others = Object.entries(question).filter(([field]) => field !== 'threshold');
  return Object.fromEntries(others) as unknown as ModelQuestion;
}
