import type { RunOptions, ImageSelection } from '../concepts/run-options.ts';
import { TesseraError } from '../errors.ts';
import { classOfFolder, findClass } from '../images/find-class.ts';
import type { ImageFile } from '../images/folder-scan.ts';
import type { Prediction } from './stages/predictions.ts';

/** A class to explain, and which images to explain it on. */
export interface ClassQuestion {
  readonly classIndex: number;
  readonly select: ImageSelection;
}

const PREDICTED = 'predicted:';

/** Reads `NAME`, `INDEX` or `predicted:NAME|INDEX`; 'unknown-name' offers the nearest class names. */
export function chooseClass(
  names: readonly string[],
  { class: query, select }: Pick<RunOptions, 'class' | 'select'>,
): ClassQuestion {
  if (!query.startsWith(PREDICTED)) return { classIndex: findClass(names, query), select };
  return { classIndex: findClass(names, query.slice(PREDICTED.length)), select: 'predicted' };
}

/** Classes that the model predicts for at least `least` images, the most frequent first. */
export function predictedClasses(predictions: readonly Prediction[], least: number): number[] {
  const counts = new Map<number, number>();
  for (const { index } of predictions) counts.set(index, (counts.get(index) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= least)
    .sort(([a, m], [b, n]) => n - m || a - b)
    .map(([index]) => index);
}

/** The images to explain; 'no-images' says what the model predicts instead when there are none. */
export function selectImages(
  predictions: readonly Prediction[],
  names: readonly string[],
  { classIndex, select }: ClassQuestion,
): Prediction[] {
  const chosen = predictions.filter((prediction) => isWanted(prediction, names, classIndex, select));
  if (chosen.length > 0) return chosen;
  const name = names[classIndex];
  if (select === 'folder') {
    throw new TesseraError('no-images', `No folder of the images is named like the class "${name}".`, {
      hint: `Folders: ${foldersOf(predictions.map(({ file }) => file)).join(', ')}. Or use --select predicted or --select all.`,
    });
  }
  const frequent = predictedClasses(predictions, 1)
    .slice(0, 3)
    .map((index) => `"${names[index]}"`);
  throw new TesseraError(
    'no-images',
    `The model predicts "${name}" for none of the ${predictions.length} images.`,
    {
      hint: `Most often it predicts ${frequent.join(', ')}. To explain "${name}" on these images all the same, use --select all.`,
    },
  );
}

function isWanted(
  { file, index }: Prediction,
  names: readonly string[],
  classIndex: number,
  select: ImageSelection,
): boolean {
  switch (select) {
    case 'predicted':
      return index === classIndex;
    case 'folder':
      return classOfFolder(names, file.folder.split(/[\\/]/).at(-1) ?? '') === classIndex;
    case 'all':
      return true;
  }
}

function foldersOf(files: readonly ImageFile[]): string[] {
  return [...new Set(files.map(({ folder }) => (folder === '' ? '(no folder)' : folder)))];
}
