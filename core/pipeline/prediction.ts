import type { PictureAnswer } from '../score/model-scores.ts';

/** What the model says of one readable image. */
export interface Prediction extends PictureAnswer {
  /** Its place among all files. */
  readonly at: number;
}

