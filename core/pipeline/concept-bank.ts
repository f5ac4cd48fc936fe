import type { RefinedFigures } from '../concepts/explanation.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import type { Matrix } from '../linalg/matrix.ts';

/** The factorisation A ≈ U W of the activation rows. */
export interface ConceptBank {
  /** U [n, r] */
  readonly coefficients: Matrix;
  /** W [r, p], with how many of them a row may have. */
  readonly conceptBank: CodedBank;
  readonly method: 'nmf' | 'semi-nmf';
  readonly status: string;
  readonly iterations: number;
  /** What refining it gained; absent where it was not refined. */
  readonly refined?: RefinedFigures;
}

/** A bank made again several times. */
export interface MadeAgain {
  /** With other seeds from the same rows, each W [r, p] with rows of zeros where fewer concepts were found. */
  readonly seeds: readonly CodedBank[];
  /** From bootstrap samples, with the images, each by the first that is the same, that were in it. */
  readonly bootstraps: readonly { readonly bank: CodedBank; readonly seen: readonly number[] }[];
}
