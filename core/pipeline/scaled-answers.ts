import { scaleConcepts } from '../concepts/ablation.ts';
import { argMax, classProbabilities } from '../concepts/class-probabilities.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import { rowView, type Matrix } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import type { Tensor } from '../tensor.ts';
import type { ModelRunner } from './model-runner.ts';

/** What the model says of an image: a class and its probability, 0…1. */
export interface Answer {
  readonly index: number;
  readonly probability: number;
}

/** Some images at the cut, as the model and as the concepts have them. */
export interface LatentImages {
  /** [n, …] */
  readonly activations: Tensor<'float32'>;
  /** [n · positions, r] */
  readonly coefficients: Matrix;
}

/** The answer of each image when its concepts are scaled by factors [r]; see scaleConcepts. */
export async function scaledAnswers(
  head: ModelRunner,
  { activations, coefficients }: LatentImages,
  conceptBank: Matrix,
  layer: LayerRecord,
  factors: ArrayLike<number>,
): Promise<Answer[]> {
  const scaled = scaleConcepts(activations, coefficients, conceptBank, layer, factors);
  const logits = tensorMatrix(await head.run(scaled));
  return Array.from({ length: logits.rows }, (_, image) => answerOf(rowView(logits, image)));
}

/** The class with the largest logit, and its probability. */
function answerOf(logits: Float32Array): Answer {
  const probabilities = classProbabilities(logits);
  const index = argMax(logits);
  return { index, probability: probabilities[index] };
}
