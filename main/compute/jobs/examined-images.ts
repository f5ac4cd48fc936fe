import type { Environment } from '../../../core/pipeline/environment.ts';
import { examineImages, type ImageExamination } from '../../../core/pipeline/examine-images.ts';
import { designsOf } from '../../../core/pipeline/stages/importance.ts';
import { withMissingStamps } from '../../../core/pipeline/picture-stamps.ts';
import type { FileFact } from '../../../core/pipeline/question.ts';
import type { Matrix } from '../../../core/linalg/matrix.ts';
import { importanceOfImages, meanIndices } from '../../../core/concepts/importance.ts';
import { headOfPlayers, playersOf, withMergedColumns } from '../../../core/concepts/merged-concepts.ts';
import type { OpenIntake } from './intakes.ts';
import type { JobContext } from './job-context.ts';
import { createKeptAnswers } from './kept-answers.ts';
import type { WithHead } from './masked-heads.ts';
import type { OpenedRun } from './opened-runs.ts';
import { openRunModel } from './run-models.ts';

/** What the concepts of a run are in one picture, explained or not. */
export interface ExaminedImage {
  /** U(x) [positions, r]; of merged concepts their amount, in the column of the first. */
  readonly coefficients: Matrix;
  /** U(x) [positions, r], every column by itself: what the model's head takes. */
  readonly bankCoefficients: Matrix;
  readonly logit: number;
  readonly reconstructedLogit: number;
  readonly agrees: boolean;
  /** Total index of each concept (column) [r]. */
  readonly importance: Float64Array;
}

/** Looks for a run's concepts in pictures that it was given. */
export interface Examiner {
  /** In one, by its place among the given. Rejects with 'unknown-name', and 'bad-image' where it cannot be read as it was. */
  one(opened: OpenedRun, image: number): Promise<ExaminedImage>;
  /** In many, none of which the run explained. */
  many(
    opened: OpenedRun,
    images: readonly FileFact[],
    context: Partial<Pick<JobContext, 'signal' | 'onProgress'>>,
  ): Promise<ImageExamination>;
}

const KEPT = 24;

/** Examines on the CPU; what the run itself has found is taken from there. */
export function createExaminer(
  environment: Environment,
  openIntake: OpenIntake,
  withHead: WithHead,
): Examiner {
  const kept = createKeptAnswers<ExaminedImage>(KEPT);
  const many: Examiner['many'] = async (opened, images, { signal, onProgress = () => undefined }) => {
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
  // Several may wait for it, so that none of them gives it up for the others.
  const lookedInto = async (opened: OpenedRun, file: FileFact): Promise<ExaminedImage> => {
    const found = await many(opened, [file], {});
    const { coefficients, logits, reconstructedLogits, agrees } = await found.coefficients();
    const [bankCoefficients] = coefficients;
    const [importance] = await found.importance();
    for (const group of opened.groups)
      importance[group[0]] = await groupImportance(opened, group, bankCoefficients, withHead);
    return {
      coefficients: withMergedColumns(bankCoefficients, opened.conceptBank, opened.groups),
      bankCoefficients,
      logit: logits[0],
      reconstructedLogit: reconstructedLogits[0],
      agrees: agrees[0] === 1,
      importance,
    };
  };
  return {
    many,
    one: async (opened, image) => {
      const { explanation, imageImportance, run, project, groups, pictureAt } = opened;
      const { file } = pictureAt(image);
      const record = explanation.images.at(image);
      if (record === undefined) {
        const key = JSON.stringify([project.folder, run.id, run.created, groups, file]);
        return kept(key, () => lookedInto(opened, file));
      }
      const { logit, reconstructedLogit, agrees } = record;
      return {
        coefficients: opened.coefficients[image],
        bankCoefficients: opened.bankCoefficients[image],
        importance: imageImportance[image],
        logit,
        reconstructedLogit,
        agrees,
      };
    },
  };
}

/** Total index of merged concepts in one picture, all others by themselves, with the run's own design. */
async function groupImportance(
  opened: OpenedRun,
  group: readonly number[],
  coefficients: Matrix,
  withHead: WithHead,
): Promise<number> {
  const players = playersOf(opened.conceptBank.rows, [group]);
  const [design] = designsOf(opened.run.options, 1);
  const [found] = await withHead(opened, (head) =>
    importanceOfImages([coefficients], headOfPlayers(head, players), design, {
      total: 1,
      players: players.length,
    }),
  );
  return meanIndices(found)[players.findIndex((columns) => columns.includes(group[0]))];
}
