import { scaleConcepts } from '../concepts/ablation.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import { rowView, type Matrix } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import type { Answer } from '../score/model-scores.ts';
import { answerIn } from '../score/decision.ts';
import type { Score } from '../score/score.ts';
import type { Tensor } from '../tensor.ts';
import type { ModelRunner } from './model-runner.ts';

/** Some images at the cut, as the model and as the concepts have them. */
export interface LatentImages {
  /** [n, …] */
  readonly activations: Tensor<'float32'>;
  /** [n · positions, r] */
  readonly coefficients: Matrix;
}

/** The answer of each image when its concepts are scaled by factors [r] or [r + 1]; see scaleConcepts. */
export async function scaledAnswers(
  { head, score }: { readonly head: ModelRunner; readonly score: Score },
  { activations, coefficients }: LatentImages,
  conceptBank: Matrix,
  layer: LayerRecord,
  factors: ArrayLike<number>,
): Promise<Answer[]> {
  const scaled = scaleConcepts(activations, coefficients, conceptBank, layer, factors);
  const logits = tensorMatrix(await head.run(scaled));
  return Array.from({ length: logits.rows }, (_, image) => answerIn(score, rowView(logits, image)));
}
