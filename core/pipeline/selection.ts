import { TesseraError } from '../errors.ts';
import type { FileFact, Question } from './question.ts';
import { folderOf, truthFinder } from '../images/folder-class.ts';
import { isExplained, isUndecided } from '../score/decision.ts';
import type { ScoredModel } from './scored-model.ts';
import type { Prediction } from './prediction.ts';

/** Classes that the model predicts for at least `least` images, the most frequent first. */
export function predictedClasses(
  predictions: readonly { readonly index: number }[],
  least: number,
): number[] {
  const counts = new Map<number, number>();
  for (const { index } of predictions) counts.set(index, (counts.get(index) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= least)
    .sort(([a, m], [b, n]) => n - m || a - b)
    .map(([index]) => index);
}

/** What of a question says which images are explained. */
type SelectionQuestion = Pick<Question, 'files' | 'select'> & { readonly intake: ScoredModel };

/** The images to explain; 'no-images' says what the model predicts instead when there are none. */
export function selectImages(
  predictions: readonly Prediction[],
  { intake, files, select }: SelectionQuestion,
): Prediction[] {
  const { score } = intake;
  const { names, column } = score;
  const truth = truthFinder(names);
  const isOfFolder = (named: number | undefined): boolean => named !== undefined && isExplained(score, named);
  const isWanted = ({ at, index }: Prediction): boolean => {
    switch (select) {
      case 'predicted':
        return isUndecided(score) || isExplained(score, index);
      case 'folder':
        return isOfFolder(truth(files[at]));
      case 'all':
        return true;
    }
  };
  const chosen = predictions.filter(isWanted);
  if (chosen.length > 0) return chosen;
  const name = names[column];
  if (select === 'folder') {
    throw new TesseraError('no-images', `No folder of the images is named like the class "${name}".`, {
      hint: `Folders: ${foldersOf(predictions.map(({ at }) => files[at])).join(', ')}. Or explain on other images.`,
      options: ['select=predicted', 'select=all'],
    });
  }
  const frequent = predictedClasses(predictions, 1)
    .slice(0, 3)
    .map((index) => `"${names[index]}"`);
  throw new TesseraError(
    'no-images',
    `The model predicts "${name}" for none of the ${predictions.length} images.`,
    {
      hint: `Most often it predicts ${frequent.join(', ')}. "${name}" can be explained on all images all the same.`,
      options: ['select=all'],
    },
  );
}

function foldersOf(files: readonly FileFact[]): string[] {
  return [...new Set(files.map(folderOf))];
}
