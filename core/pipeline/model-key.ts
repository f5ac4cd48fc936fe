import type { Json } from '../project/canonical-json.ts';
import type { ModelIntake } from './model-intake.ts';

/** A model by its file, how pictures are prepared for it, and which of its outputs is read in another way than the plain one. */
export function modelKey({ sha256, dataSha256, preprocessing, outputs, scores }: ModelIntake): Json[] {
  const { output, task, activation, threshold } = scores;
  const isPlain = activation === 'none' && task === 'multiclass';
  return [
    sha256,
    preprocessing.preprocessing as unknown as Json,
    ...(dataSha256 === undefined ? [] : [dataSha256]),
    ...(isPlain && outputs.length === 1 ? [] : [[output, task, activation, threshold ?? null]]),
  ];
}

