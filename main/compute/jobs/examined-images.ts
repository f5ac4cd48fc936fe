import type { Environment } from '../../../core/pipeline/environment.ts';
import { examineImages, type ImageExamination } from '../../../core/pipeline/examine-images.ts';
import { withMissingStamps } from '../../../core/pipeline/picture-stamps.ts';
import type { FileFact } from '../../../core/pipeline/question.ts';
import type { Matrix } from '../../../core/linalg/matrix.ts';
import type { OpenIntake } from './intakes.ts';
import type { JobContext } from './job-context.ts';
import { createKeptAnswers } from './kept-answers.ts';
import type { OpenedRun } from './opened-runs.ts';
import { openRunModel } from './run-models.ts';

/** What the concepts of a run are in one picture, explained or not. */
export interface ExaminedImage {
  /** U(x) [positions, r]. */
  readonly coefficients: Matrix;
  readonly logit: number;
  readonly reconstructedLogit: number;
  readonly agrees: boolean;
  /** Total index of each concept (column) [r]. */
  readonly importance: Float64Array;
}

/** Looks for a run's concepts in pictures that it was given. */
export interface Examiner {
  /** In one, by its place among the given. Rejects with 'unknown-name', and 'bad-image' where it cannot be read as it was. */
  one(opened: OpenedRun, image: number, context: Pick<JobContext, 'signal'>): Promise<ExaminedImage>;
  /** In many, none of which the run explained. */
  many(
    opened: OpenedRun,
    images: readonly FileFact[],
    context: Pick<JobContext, 'signal' | 'onProgress'>,
  ): Promise<ImageExamination>;
}

const KEPT = 24;

/** Examines on the CPU; what the run itself has found is taken from there. */
export function createExaminer(environment: Environment, openIntake: OpenIntake): Examiner {
  const kept = createKeptAnswers<ExaminedImage>(KEPT);
  const many: Examiner['many'] = async (opened, images, { signal, onProgress }) => {
    const { project } = opened;
    const intake = await openRunModel(openIntake, opened);
    const device = await environment.openDevice('cpu');
    return examineImages(
      { project, signal, onProgress },
      { environment, intake, device },
      opened,
      await withMissingStamps(project, images),
    );
  };
  const lookedInto = async (
    opened: OpenedRun,
    file: FileFact,
    { signal }: Pick<JobContext, 'signal'>,
  ): Promise<ExaminedImage> => {
    const found = await many(opened, [file], { signal, onProgress: () => undefined });
    const { coefficients, logits, reconstructedLogits, agrees } = await found.coefficients();
    return {
      coefficients: coefficients[0],
      logit: logits[0],
      reconstructedLogit: reconstructedLogits[0],
      agrees: agrees[0] === 1,
      importance: (await found.importance())[0],
    };
  };
  return {
    many,
    one: async (opened, image, context) => {
      const { explanation, coefficients, imageImportance, run, project, pictureAt } = opened;
      const { file } = pictureAt(image);
      const record = explanation.images.at(image);
      if (record === undefined) {
        const key = JSON.stringify([project.folder, run.id, run.created, file]);
        return kept(key, () => lookedInto(opened, file, context));
      }
      const { logit, reconstructedLogit, agrees } = record;
      return {
        ...{ coefficients: coefficients[image], importance: imageImportance[image] },
        ...{ logit, reconstructedLogit, agrees },
      };
    },
  };
}
