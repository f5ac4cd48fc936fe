import { extent, mean } from 'd3';
import { folderOf, truthFinder } from '../../core/images/folder-class.ts';
import { confusionMatrix } from '../../core/metrics/confusion-matrix.ts';
import type { ModelIntake } from '../../core/pipeline/model-intake.ts';
import type { Predictions } from '../../core/pipeline/stages/predictions.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { answerText } from '../../core/wording/answer-text.ts';
import type { CsvCell } from '../../core/wording/csv.ts';
import { percentText } from '../../core/wording/number-text.ts';
import {
  classShares,
  labelsOf,
  type ModelScores,
  type PictureAnswer,
} from '../../core/score/model-scores.ts';
import { namedAnswer } from '../../core/score/named-answer.ts';
import { scoreFacts } from './inspect.ts';
import { table } from './text-table.ts';

/** Mistakes listed below the table, by class. */
const LISTED = 10;

/** The stable fields of `predict --json`. */
export type PredictionFacts = ReturnType<typeof predictionFacts>;

/** What a model says of pictures, with the class that each one's folder names; null where there is none. */
export function predictionFacts(
  { path, sha256, labels: { names }, preprocessing, scores: model }: ModelIntake,
  files: readonly { readonly path: string }[],
  {
    predictions,
    scores,
    skipped,
  }: Pick<Predictions, 'predictions' | 'skipped'> & { readonly scores: ReadonlyMap<string, Float32Array> },
) {
  const truthOf = truthFinder(names);
  const named = (index: number) => ({ index, name: names[index] });
  const hasClasses = names.length > 0;
  const images = predictions.map(({ at, runnerUp, ...answer }) => {
    const truth = truthOf(files[at]);
    const own = scores.get(files[at].path)!;
    return {
      file: files[at].path,
      folder: folderOf(files[at]),
      predicted: predictedName(model, answer, own),
      probabilities: Object.fromEntries(classShares(model, own).map((share, index) => [names[index], share])),
      scores: [...own],
      ...(answer.value !== undefined && { value: answer.value }),
      answer: hasClasses ? namedAnswer(names, answer) : null,
      runnerUp: hasClasses && runnerUp && model.task !== 'multilabel' ? namedAnswer(names, runnerUp) : null,
      folderClass: truth === undefined ? null : named(truth),
      right: truth === undefined ? null : isRight(model, truth, answer, own),
    };
  });
  const judged = images.flatMap(({ answer, folderClass }) =>
    answer === null ? [] : [{ truth: folderClass?.index, predicted: answer.index }],
  );
  const { rows, columns, known, hits } = confusionMatrix(judged, { rows: Infinity, columns: Infinity });
  return {
    model: path,
    sha256,
    preprocessing: {
      source: preprocessing.source,
      reason: preprocessing.reason,
      ...preprocessing.preprocessing,
    },
    score: scoreFacts(model),
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

/** The class, every label that holds, or nothing where the model says a number. */
function predictedName(
  model: ModelScores,
  { index }: PictureAnswer,
  scores: Float32Array,
): string | readonly string[] | null {
  if (model.task === 'multilabel') return labelsOf(model, scores).map((label) => model.classes[label]);
  return model.classes[index] ?? null;
}

/** A label is right where it holds, whatever else does. */
function isRight(model: ModelScores, truth: number, { index }: PictureAnswer, scores: Float32Array): boolean {
  return model.task === 'multilabel' ? labelsOf(model, scores).includes(truth) : truth === index;
}

const HEADER = [
  'file',
  'predicted',
  'value',
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

/** A column a label or a number of the vector, where answers have more than one. */
function furtherColumns({
  score,
  images,
}: PredictionFacts): readonly (readonly [string, (image: Image) => number])[] {
  if (score.task === 'multilabel')
    return (score.classes ?? []).map((name) => [
      `probability of ${name}`,
      (image) => image.probabilities[name],
    ]);
  if (score.task !== 'embedding') return [];
  return (images.at(0)?.scores ?? []).map((_, at) => [`vector_${at}`, (image) => image.scores[at]]);
}

type Image = PredictionFacts['images'][number];

/** A header and one row a picture; empty where something is not known. */
export function predictionRows(facts: PredictionFacts): CsvCell[][] {
  const { images } = facts;
  const further = furtherColumns(facts);
  const rows = images.map((image) => {
    const { file, predicted, value, answer, runnerUp, folderClass, right } = image;
    return [
      file,
      ...[typeof predicted === 'object' ? predicted?.join('; ') : predicted, value],
      ...[answer?.name, answer?.index, answer?.probability],
      ...[runnerUp?.name, runnerUp?.index, runnerUp?.probability],
      ...[folderClass?.name, folderClass?.index],
      right === null ? undefined : right ? 'yes' : 'no',
      ...further.map(([, of]) => of(image)),
    ];
  });
  return [[...HEADER, ...further.map(([name]) => name)], ...rows];
}

/** From where to where the values of pictures go. */
function rangeText(images: PredictionFacts['images'], unit: string | undefined): string {
  const [least, most] = extent(images, ({ value }) => value);
  if (least === undefined) return ', a vector each';
  const figures = [least, most, mean(images, ({ value }) => value)!];
  const [low, high, middle] = figures.map((value) => answerText({ value }, unit));
  return `: from ${low} to ${high}, ${middle} on average`;
}

/** A line a picture unless they went elsewhere, then how many are right and what is taken for what. */
export function predictionText(
  { score, images, known, hits, confusion, skipped }: PredictionFacts,
  { listsAll }: { readonly listsAll: boolean },
): string {
  const rows = images.map(({ file, predicted, value, answer, runnerUp, folderClass, right }) => [
    right === null ? ' ' : right ? '✓' : '✗',
    file,
    Array.isArray(predicted)
      ? predicted.join(', ') || '(none)'
      : answer === null
        ? value === undefined
          ? 'a vector'
          : answerText({ value }, score.unit)
        : `${answer.name} ${answerText(answer)}`,
    runnerUp === null ? '–' : `${runnerUp.name} ${answerText(runnerUp)}`,
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
    score.classes === null
      ? `${countOf(images.length, 'image')}${rangeText(images, score.unit)}.`
      : known === 0
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
