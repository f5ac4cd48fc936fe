import { confusionMatrix } from '../../core/metrics/confusion-matrix.ts';
import type { ModelIntake } from '../../core/pipeline/model-intake.ts';
import { truthFinder } from '../../core/images/folder-class.ts';
import type { Predictions } from '../../core/pipeline/stages/predictions.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { percentText } from '../../core/wording/number-text.ts';
import { table } from './text-table.ts';

/** Mistakes listed below the table, by class. */
const LISTED = 10;

/** The stable fields of `predict --json`. */
export type PredictionFacts = ReturnType<typeof predictionFacts>;

/** What a model says of pictures, with the class that each one's folder names; null where there is none. */
export function predictionFacts(
  { path, sha256, labels: { names }, preprocessing }: ModelIntake,
  files: readonly { readonly path: string }[],
  { predictions, skipped }: Pick<Predictions, 'predictions' | 'skipped'>,
) {
  const truthOf = truthFinder(names);
  const named = (index: number) => ({ index, name: names[index] });
  const images = predictions.map(({ at, index, probability, runnerUp }) => {
    const truth = truthOf(files[at]);
    return {
      file: files[at].path,
      answer: { ...named(index), probability },
      runnerUp: runnerUp ? { ...named(runnerUp.index), probability: runnerUp.probability } : null,
      folderClass: truth === undefined ? null : named(truth),
      right: truth === undefined ? null : truth === index,
    };
  });
  const judged = images.map(({ answer, folderClass }) => ({
    truth: folderClass?.index,
    predicted: answer.index,
  }));
  const { rows, columns, known, hits } = confusionMatrix(judged, { rows: Infinity, columns: Infinity });
  return {
    model: path,
    sha256,
    preprocessing: {
      source: preprocessing.source,
      reason: preprocessing.reason,
      ...preprocessing.preprocessing,
    },
    known,
    hits,
    confusion: rows.flatMap(({ truth, counts }) =>
      columns.flatMap((predicted, column) =>
        counts[column] === 0
          ? []
          : [{ folderClass: named(truth), answer: named(predicted), images: counts[column] }],
      ),
    ),
    images,
    skipped,
  };
}

const HEADER = [
  'file',
  'answer',
  'answer_index',
  'probability',
  'runner_up',
  'runner_up_index',
  'runner_up_probability',
  'folder_class',
  'folder_class_index',
  'right',
];

/** A header and one row a picture, as text; empty where something is not known. */
export function predictionRows({ images }: PredictionFacts): string[][] {
  const rows = images.map(({ file, answer, runnerUp, folderClass, right }) =>
    [
      file,
      ...[answer.name, answer.index, answer.probability],
      ...[runnerUp?.name, runnerUp?.index, runnerUp?.probability],
      ...[folderClass?.name, folderClass?.index],
      right === null ? undefined : right ? 'yes' : 'no',
    ].map((cell) => String(cell ?? '')),
  );
  return [HEADER, ...rows];
}

/** A line a picture unless they went elsewhere, then how many are right and what is taken for what. */
export function predictionText(
  { images, known, hits, confusion, skipped }: PredictionFacts,
  { listsAll }: { readonly listsAll: boolean },
): string {
  const rows = images.map(({ file, answer, runnerUp, folderClass, right }) => [
    right === null ? ' ' : right ? '✓' : '✗',
    file,
    `${answer.name} ${percentText(answer.probability)}`,
    runnerUp === null ? '–' : `${runnerUp.name} ${percentText(runnerUp.probability)}`,
    folderClass?.name ?? '–',
  ]);
  const mistakes = confusion
    .filter(({ folderClass, answer }) => folderClass.index !== answer.index)
    .sort((a, b) => b.images - a.images);
  const pairs = mistakes
    .slice(0, LISTED)
    .map(({ folderClass, answer, images: count }) => [folderClass.name, answer.name, String(count)]);
  return [
    ...(listsAll ? [...table([['', 'file', 'answer', 'next', 'folder'], ...rows]), ''] : []),
    known === 0
      ? `${countOf(images.length, 'image')}; no folder names a class of the model, so that nothing says which answers are right.`
      : `${hits} of ${countOf(known, 'image')} in folders that name a class are called what the folder says (${percentText(hits / known)}).`,
    ...(known > 0 && known < images.length
      ? [`${countOf(images.length - known, 'image')} in folders that name no class.`]
      : []),
    ...(pairs.length > 0 ? ['', ...table([['folder', 'called', 'images'], ...pairs])] : []),
    ...(mistakes.length > LISTED ? [`… and ${mistakes.length - LISTED} more pairs`] : []),
    ...(skipped.length > 0
      ? [
          '',
          `${countOf(skipped.length, 'file')} left out:`,
          ...skipped.map(({ file, reason }) => `${file}: ${reason}`),
        ]
      : []),
  ].join('\n');
}
