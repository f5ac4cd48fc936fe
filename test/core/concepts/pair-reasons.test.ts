import { describe, expect, it } from 'vitest';
import type { AblatedImage } from '../../../core/concepts/ablation-head.ts';
import { pairReasons, type PairImages } from '../../../core/concepts/pair-reasons.ts';
import { matrix, rowView } from '../../../core/linalg/matrix.ts';

const SCORE = { rule: { kind: 'largest', classes: 3 } } as const;
/** Weight of each concept, and of the rest, for each class. */
type Weights = readonly (readonly [number, number, number])[];

/** An image whose logits are the sum of what its concepts and the rest are worth. */
function image(weights: Weights): () => Promise<AblatedImage> {
  const ready: AblatedImage = {
    isAffine: true,
    bytes: 0,
    evaluate: (factors) => {
      const out = matrix(factors.rows, 3);
      for (let row = 0; row < factors.rows; row++) {
        weights.forEach((own, concept) => {
          const factor = concept < factors.cols ? rowView(factors, row)[concept] : 1;
          own.forEach((value, k) => (out.data[row * 3 + k] += factor * value));
        });
      }
      return Promise.resolve(out);
    },
  };
  return () => Promise.resolve(ready);
}

// Concept 0 argues for class 1, concept 1 for class 0, concept 2 for nobody; the rest leans to class 0.
const mistake = (more: number) =>
  image([
    [0, 3 + more, 0],
    [2, 0, 0],
    [1, 1, 1],
    [0.5, 0, 0],
  ]);
const right = image([
  [0, 1, 0],
  [4, 0, 0],
  [1, 1, 1],
  [0.5, 0, 0],
]);
const other = image([
  [0, 5, 0],
  [1, 0, 0],
  [1, 1, 1],
  [0.5, 2, 0],
]);
const images: PairImages = {
  mistakes: [mistake(0), mistake(0.2)],
  truth: [right, right],
  predicted: [other, other],
};
const PAIR = { truth: 0, predicted: 1 };

describe('pairReasons()', () => {
  it('gives each concept, and the rest, its part of the lead in every group', async () => {
    const { groups } = await pairReasons(images, SCORE, 3, PAIR);
    expect(groups.mistakes!.lead.mean).toBeCloseTo(0.6);
    expect(groups.mistakes!.parts.map(({ mean }) => mean)).toEqual([
      expect.closeTo(3.1),
      expect.closeTo(-2),
      expect.closeTo(0),
      expect.closeTo(-0.5),
    ]);
    // Two values, 3 and 3.2: Student's t with one degree of freedom.
    expect(groups.mistakes!.parts[0].high - groups.mistakes!.parts[0].mean).toBeCloseTo(12.706 * 0.1, 2);
    expect(groups.truth!.lead).toEqual({ mean: -3.5, low: -3.5, high: -3.5 });
    expect(groups.predicted!.parts[3].mean).toBeCloseTo(1.5);
  });

  it('turns the mistakes by the least of the concept that argues for them, and counts what breaks', async () => {
    const { change } = await pairReasons(images, SCORE, 3, PAIR);
    // With 3/4 of it both mistakes are right: 2.4 < 2.5; right images of either class remain what they are.
    expect(change).toEqual({ concepts: [0], factor: 0.75, turned: 2, broken: 0 });
  });

  it('finds no change where each breaks as much as it turns', async () => {
    const twin = image([
      [0, 0.4, 0],
      [0.2, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const { change } = await pairReasons({ mistakes: [twin], truth: [], predicted: [twin] }, SCORE, 3, PAIR);
    expect(change).toBeUndefined();
  });

  it('compares two classes also where none is taken for the other', async () => {
    const { groups, change } = await pairReasons({ ...images, mistakes: [] }, SCORE, 3, PAIR);
    expect(Object.keys(groups)).toEqual(['truth', 'predicted']);
    expect(change).toBeUndefined();
  });
});
