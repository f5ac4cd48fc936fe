import { answerOf, classShares } from '../../../core/score/model-scores.ts';
import { looksLikeProbabilities } from '../../../core/score/looks-like-probabilities.ts';
import { namedAnswer } from '../../../core/score/named-answer.ts';
import type { SkippedFile } from '../../../core/concepts/explanation.ts';
import { lookForImages, scanImages, type ImageFile } from '../../../core/images/folder-scan.ts';
import { findLabelShift } from '../../../core/images/label-shift.ts';
import { matrix, rowView, type Matrix } from '../../../core/linalg/matrix.ts';
import { comparePresets } from '../../../core/pipeline/compare-presets.ts';
import type { ModelIntake } from '../../../core/pipeline/model-intake.ts';
import { runnerFor } from '../../../core/pipeline/model-parts.ts';
import { readBatch } from '../../../core/pipeline/pictures.ts';
import { folderOf, truthOf } from '../../../core/images/folder-class.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { ClassScore, Preview } from '../../api/contract.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';

/** Classes shown of a picture. */
const TOP = 5;

/** Jobs that look at a handful of pictures before a run, on the CPU. */
export function previewJobs(
  environment: Environment,
  openIntake: OpenIntake,
): Jobs<'scanImages' | 'lookForImages' | 'previewImages' | 'comparePreprocessings'> {
  return {
    scanImages: ({ roots }) => scanImages(environment.storage, roots),
    lookForImages: ({ roots }) => lookForImages(environment.storage, roots),
    async previewImages({ images, pictures, ...question }) {
      const intake = await openIntake(question);
      const { logits, readable, skipped } = await logitsOf(environment, intake, images);
      return previewOf(intake, images, pictures ?? [], { logits, readable, skipped });
    },
    async comparePreprocessings({ images, ...question }, { signal }) {
      const { presets } = await comparePresets(environment, await openIntake(question), images, signal);
      return presets;
    },
  };
}

export interface Looked {
  /** One row a readable picture. */
  readonly logits: Matrix | undefined;
  readonly readable: readonly number[];
  readonly skipped: readonly SkippedFile[];
}

/** The raw scores of the pictures that can be read. */
export async function logitsOf(
  environment: Environment,
  intake: ModelIntake,
  images: readonly ImageFile[],
): Promise<Looked> {
  const { preprocessing } = intake.preprocessing;
  const { input, readable, skipped } = await readBatch(environment.codec, images, preprocessing);
  if (input === undefined) return { logits: undefined, readable, skipped };
  const device = await environment.openDevice('cpu');
  const runner = runnerFor({ environment, device, intake }, intake.model);
  try {
    const { data, dims } = await runner.run(input);
    return { logits: matrix(dims[0], data.length / dims[0], data), readable, skipped };
  } finally {
    await runner.dispose();
  }
}

function previewOf(
  intake: ModelIntake,
  images: readonly ImageFile[],
  ids: readonly string[],
  { logits, readable, skipped }: Looked,
): Preview {
  const pictures = readable.map((index, row) => ({
    picture: ids[index] ?? '',
    fileName: images[index].path.split(/[\\/]/).at(-1) ?? '',
    folder: folderOf(images[index]),
    top: topClasses(intake, logits!, row),
    expected: truthOf(intake.labels.names, images[index]) ?? null,
  }));
  const judged = pictures.filter(({ expected }) => expected !== null);
  const isHit = ({ top, expected }: (typeof pictures)[number]) => top.at(0)?.index === expected;
  const folders = [...new Set(judged.map(({ folder }) => folder))].map((name) => {
    const own = judged.filter(({ folder }) => folder === name);
    const className = intake.labels.names[own[0].expected!];
    return { name, className, shown: own.length, hits: own.filter(isHit).length };
  });
  const answers = pictures.flatMap(({ top }, row) =>
    top.slice(0, 1).map(({ index }) => ({ path: images[readable[row]].path, index })),
  );
  return {
    pictures,
    folders,
    labelShift: findLabelShift(intake.labels.names, answers) ?? null,
    hitRate: judged.length === 0 ? null : judged.filter(isHit).length / judged.length,
    confidence:
      pictures.reduce((sum, { top }) => sum + (top.at(0)?.probability ?? 0), 0) /
      Math.max(1, pictures.length),
    looksLike:
      looksLikeProbabilities(
        intake.scores,
        readable.map((_, row) => rowView(logits!, row)),
      ) ?? null,
    skipped,
  };
}

/** The answer first, then the likeliest; of a number its value, of a vector nothing. */
export function topClasses({ labels, scores }: ModelIntake, logits: Matrix, row: number): ClassScore[] {
  const own = rowView(logits, row);
  const probabilities = classShares(scores, own);
  if (probabilities.length === 0)
    return scores.task === 'embedding'
      ? []
      : [namedAnswer([scores.quantity ?? scores.output], answerOf(scores, own))];
  // A yes or no is decided by its threshold, not by the larger probability.
  const { index: decided } = answerOf(scores, own);
  const order = [...probabilities.keys()].sort(
    (a, b) => Number(b === decided) - Number(a === decided) || probabilities[b] - probabilities[a],
  );
  return order.slice(0, TOP).map((index) => ({
    index,
    name: labels.names[index],
    probability: probabilities[index],
  }));
}
