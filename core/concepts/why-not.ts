import { matrix, rowView } from '../linalg/matrix.ts';
import type { Score } from '../score/score.ts';
import type { AblatedImage } from './ablation-head.ts';
import { unchangedFactors } from './ablation.ts';
import { decisionImage } from './decision-image.ts';

/** What the concepts have to do with one class being ahead of another in an image. */
export interface WhyNot {
  /** Logit of the one over that of the other, as the model has them; of two sides how far the value is from the border. */
  readonly margin: number;
  /** [r] By how much the margin falls when the concept is taken out: above 0 it speaks for the one that is ahead. */
  readonly changes: Float32Array;
}

/** What concepts have to do with a lead, by id, the largest change of either sign first. */
export function causesOf(
  concepts: readonly { readonly id: string }[],
  changeOf: (id: string) => number,
): { readonly concept: string; readonly change: number }[] {
  return concepts
    .map(({ id }) => ({ concept: id, change: changeOf(id) }))
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
}

/**
 * "Why not X?": the margin, by the rule of the decision, of the class that is ahead over X, and its change without each concept by itself, the
 * others and what no concept explains left as they are (see scaleConcepts).
 *
 * Limits  where the head is not affine the changes of single concepts do not add up to that of all.
 */
export async function whyNot(
  image: AblatedImage,
  score: Pick<Score, 'rule'>,
  nConcepts: number,
  { ahead, other }: { readonly ahead: number; readonly other: number },
): Promise<WhyNot> {
  const decided = decisionImage(image, score);
  const ones = unchangedFactors(nConcepts);
  const factors = [ones, ...ones.map((_, concept) => ones.with(concept, 0))];
  const logits = await decided.evaluate(matrix(nConcepts + 1, nConcepts, Float32Array.from(factors.flat())));
  const margins = factors.map((_, row) => {
    const own = rowView(logits, row);
    return own[ahead] - own[other];
  });
  const [margin, ...without] = margins;
  return { margin, changes: Float32Array.from(without, (left) => margin - left) };
}
