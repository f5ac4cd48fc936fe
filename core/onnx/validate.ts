import type { Model } from './graph.ts';
import { describeImageInput, type ImageInput } from './image-input.ts';

/** What a model of pictures takes. */
export interface ClassifierSignature {
  readonly opset: number;
  readonly producer: string;
  readonly input: ImageInput;
}

/**
 * Checks that a prepared model takes a picture, and says how; `declared` is the model as it stands in its file.
 *
 * Throws TesseraError 'bad-model' as {@link describeImageInput}.
 */
export function describeClassifier(model: Model, declared: Model = model): ClassifierSignature {
  return {
    opset: declared.opsets.get('') ?? 0,
    producer: model.producer,
    input: describeImageInput(model, declared),
  };
}
