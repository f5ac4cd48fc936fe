import { nmf } from '../../factorization/nmf.ts';
import { semiNmf } from '../../factorization/semi-nmf.ts';
import { matrix, takeRows, type Matrix } from '../../linalg/matrix.ts';
import { reconstructionError, type ReconstructionError } from '../../metrics/reconstruction.ts';
import { stability } from '../../metrics/stability.ts';
import type { Gemm } from '../../platform.ts';
import { createRandom } from '../../random.ts';
import { buildBank, type Bank } from '../bank.ts';

/** How many parts, and how they are found. */
export interface FindPartsOptions {
  /** k. */
  readonly parts: number;
  readonly gemm: Gemm;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** The parts of a concept: a bank at an earlier layer, and how far it is to be believed. */
export interface Parts extends Bank {
  readonly reconstruction: ReconstructionError;
  /** Mean cosine with the parts found in either half of the images, matched one to one, 0…1. */
  readonly stability: number;
}

/**
 * Factorises the rows of a concept's places into its parts: NMF, or semi-NMF where activations are signed.
 *
 * Shapes   rows A' [n, p'] of all images' footprints, `imageOf` [n] the image of each row (rising); returns U' [n, k]
 *          and the bank [k, p'] with unit rows; k is less than asked for where so many cannot be told apart.
 * Needs    n and p' of at least k. With one image, or halves of fewer rows than parts, stability is 0: not known.
 * Source   CRAFT (Fel et al. 2023), section 3.2.
 */
export async function findParts(
  rows: Matrix,
  imageOf: ArrayLike<number>,
  { parts, ...options }: FindPartsOptions,
): Promise<Parts> {
  const bank = await buildBank(rows, parts, options);
  return {
    ...bank,
    reconstruction: reconstructionError(rows, bank.coefficients, bank.conceptBank),
    stability: await stabilityOver(rows, imageOf, bank, options),
  };
}

/** Two banks of disjoint halves of the images, compared with the bank of all. */
async function stabilityOver(
  rows: Matrix,
  imageOf: ArrayLike<number>,
  { conceptBank, method }: Bank,
  options: Omit<FindPartsOptions, 'parts'>,
): Promise<number> {
  const images = [...new Set(Array.from({ length: rows.rows }, (_, row) => imageOf[row]))];
  const order = createRandom(options.seed).permutation(images.length);
  const factorise = method === 'nmf' ? nmf : semiNmf;
  const sideOf = new Map(images.map((image, i) => [image, order[i] % 2]));
  const banks: Matrix[] = [];
  for (const side of [0, 1]) {
    const own = Array.from({ length: rows.rows }, (_, row) => row).filter(
      (row) => sideOf.get(imageOf[row]) === side,
    );
    if (own.length < conceptBank.rows) return 0;
    // As many directions as the bank has, even where this half cannot tell them apart.
    const half = { ...options, nComponents: conceptBank.rows };
    banks.push((await factorise(takeRows(rows, own), half)).conceptBank);
  }
  return Math.max(0, stability(conceptBank, banks).mean);
}

/** Rows of coefficients [m, k] put back to their positions among `count` [count, k], zero elsewhere. */
export function scatterRows(coefficients: Matrix, positions: ArrayLike<number>, count: number): Matrix {
  const { cols } = coefficients;
  const out = matrix(count, cols);
  for (let row = 0; row < coefficients.rows; row++) {
    out.data.set(coefficients.data.subarray(row * cols, (row + 1) * cols), positions[row] * cols);
  }
  return out;
}
