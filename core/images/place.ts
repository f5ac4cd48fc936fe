/** Upper left pixel of a rectangle. */
export interface Place {
  readonly top: number;
  readonly left: number;
}
