import { matrix, rowView } from '../linalg/matrix.ts';
import { decisionScores } from '../score/decision.ts';
import type { Score } from '../score/score.ts';
import type { AblatedImage } from './ablation-head.ts';

/** An image whose outputs are scores of which the largest is the decision, whatever the rule: what a search across it needs. */
export function decisionImage(image: AblatedImage, score: Pick<Score, 'rule'>): AblatedImage {
  return {
    ...image,
    async evaluate(factors) {
      const rows = await image.evaluate(factors);
      const decided = Array.from({ length: rows.rows }, (_, row) =>
        decisionScores(score, rowView(rows, row)),
      );
      const out = matrix(rows.rows, decided[0]?.length ?? 0);
      decided.forEach((own, row) => out.data.set(own, row * out.cols));
      return out;
    },
  };
}
