/** A figure in both runs, and by how much it is larger in the second. */
export interface Difference {
  readonly a: number;
  readonly b: number;
  /** b - a. */
  readonly difference: number;
  /** 95 % interval of the difference; absent where one image tells nothing of others. */
  readonly interval?: readonly [low: number, high: number];
}
