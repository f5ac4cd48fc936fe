import { invariant } from '../errors.ts';
import { rowView, type Matrix } from '../linalg/matrix.ts';

/** What is known of one image: the class that its folder names, if it does, and the one that the model says. */
export interface JudgedImage {
  readonly truth: number | undefined;
  readonly predicted: number;
}

/** How far a concept sets the confused images apart from those they are compared with. */
interface ConceptDifference {
  readonly concept: number;
  /** Difference of the mean strengths in standard deviations over all images; above 0: more in the confused ones. */
  readonly difference: number;
}

/** Images of one class that the model calls another. */
export interface ConfusionPair {
  readonly truth: number;
  readonly predicted: number;
  readonly images: readonly number[];
  /** Compared with the right images of the predicted class, else of the true one, else with all others. */
  readonly reference: 'predicted' | 'truth' | 'others';
  readonly referenceImages: number;
  /** The concepts that differ most first; empty where there is nothing to compare with. */
  readonly differences: readonly ConceptDifference[];
}

/**
 * Pairs of a true and a predicted class, the most frequent first, each with the concepts in which the confused images
 * differ from the right ones.
 *
 * Shapes  strengths [images, r], finite; one judged image a row.
 * Limits  a difference says what sets the images apart, not that it causes the mistake; with a handful of images it may
 *         be chance.
 */
export function confusionPairs(images: readonly JudgedImage[], strengths: Matrix): ConfusionPair[] {
  invariant(
    images.length === strengths.rows,
    `confusionPairs: ${images.length} images, ${strengths.rows} rows`,
  );
  const deviations = deviationsOf(strengths);
  const all = [...images.keys()];
  const groups = new Map<string, number[]>();
  for (const image of all) {
    const { truth, predicted } = images[image];
    if (truth === undefined || truth === predicted) continue;
    const key = `${truth} ${predicted}`;
    groups.set(key, [...(groups.get(key) ?? []), image]);
  }
  const rightOf = (wanted: number): number[] =>
    all.filter((image) => images[image].truth === wanted && images[image].predicted === wanted);
  return [...groups.values()]
    .map((own) => {
      const { truth, predicted } = images[own[0]];
      const choices = [
        ['predicted', rightOf(predicted)],
        ['truth', rightOf(truth!)],
        ['others', all.filter((image) => !own.includes(image))],
      ] as const;
      const [reference, others] = choices.find(([, candidates]) => candidates.length > 0) ?? choices[2];
      return {
        truth: truth!,
        predicted,
        images: own,
        reference,
        referenceImages: others.length,
        differences: others.length === 0 ? [] : differencesOf(strengths, own, others, deviations),
      };
    })
    .sort((a, b) => b.images.length - a.images.length || a.truth - b.truth || a.predicted - b.predicted);
}

function differencesOf(
  strengths: Matrix,
  own: readonly number[],
  others: readonly number[],
  deviations: Float64Array,
): ConceptDifference[] {
  const [mine, theirs] = [meanOf(strengths, own), meanOf(strengths, others)];
  return Array.from(deviations, (deviation, concept) => ({
    concept,
    difference: deviation > 0 ? (mine[concept] - theirs[concept]) / deviation : 0,
  })).sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
}

function meanOf(strengths: Matrix, rows: readonly number[]): Float64Array {
  const mean = new Float64Array(strengths.cols);
  for (const row of rows) rowView(strengths, row).forEach((value, c) => (mean[c] += value / rows.length));
  return mean;
}

/** Standard deviation of each column over all rows. */
function deviationsOf(strengths: Matrix): Float64Array {
  const rows = Array.from({ length: strengths.rows }, (_, row) => row);
  const mean = meanOf(strengths, rows);
  const squares = new Float64Array(strengths.cols);
  for (const row of rows)
    rowView(strengths, row).forEach((value, c) => (squares[c] += (value - mean[c]) ** 2 / rows.length));
  return squares.map(Math.sqrt);
}
