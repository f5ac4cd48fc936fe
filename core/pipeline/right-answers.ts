import { classOfFolder } from '../images/find-class.ts';
import { hitRate, type HitRate } from '../metrics/hit-rate.ts';

/** The class that the folder of a file names. */
export function truthOf(names: readonly string[], { path }: { readonly path: string }): number | undefined {
  return classOfFolder(names, path.split(/[\\/]/).at(-2) ?? '');
}

/**
 * How often the model says what folders say. Of all images that were looked at: among those that the model itself put
 * into the class to explain, it would be right by selection.
 */
export function rightAnswers(
  names: readonly string[],
  predictions: readonly { readonly file: { readonly path: string }; readonly index: number }[],
): HitRate {
  const judged = predictions.map(({ file, index }) => ({ truth: truthOf(names, file), predicted: index }));
  return hitRate(judged, names.length);
}
