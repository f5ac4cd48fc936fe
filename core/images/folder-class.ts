import { classOfFolder } from './find-class.ts';
import type { JudgedImage } from '../metrics/confusion-pairs.ts';
import { hitRate, type HitRate } from '../metrics/hit-rate.ts';

/** The name of the folder in which a file lies, whichever folder was given. */
export function folderOf({ path }: { readonly path: string }): string {
  return path.split(/[\\/]/).at(-2) ?? '';
}

/** The class that the folder of a file names. */
export function truthOf(names: readonly string[], file: { readonly path: string }): number | undefined {
  return classOfFolder(names, folderOf(file));
}

/** {@link truthOf} for many files: each folder's name is compared with the classes once. */
export function truthFinder(
  names: readonly string[],
): (file: { readonly path: string }) => number | undefined {
  const known = new Map<string, number | undefined>();
  return (file) => {
    const folder = folderOf(file);
    if (!known.has(folder)) known.set(folder, classOfFolder(names, folder));
    return known.get(folder);
  };
}

/** What the model says of images beside what their folders say, in their order. */
export function judgedImages(
  names: readonly string[],
  answers: readonly { readonly path: string; readonly index: number }[],
): JudgedImage[] {
  const truth = truthFinder(names);
  return answers.map(({ path, index }) => ({ truth: truth({ path }), predicted: index }));
}

/**
 * How often the model says what folders say. Of all images that were looked at: among those that the model itself put
 * into the class to explain, it would be right by selection.
 */
export function rightAnswers(
  names: readonly string[],
  predictions: readonly { readonly file: { readonly path: string }; readonly index: number }[],
): HitRate {
  const answers = predictions.map(({ file, index }) => ({ path: file.path, index }));
  return hitRate(judgedImages(names, answers), names.length);
}
