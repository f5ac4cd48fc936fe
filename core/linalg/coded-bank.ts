import type { Matrix } from './matrix.ts';

/**
 * A concept bank W [r, p] with what its codes are: non-negative least squares, at most `active` of them above zero in a
 * row where that is given. The limit goes wherever the directions go, so that whoever codes by them keeps it.
 */
export interface CodedBank extends Matrix {
  readonly active?: number;
}
