import { nmf } from '../factorization/nmf.ts';
import { semiNmf } from '../factorization/semi-nmf.ts';
import { chooseRank } from '../factorization/rank.ts';
import type { Factorization, FactorizationOptions } from '../factorization/factorization.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { mergeDuplicates } from './merge-duplicates.ts';

/** Numbers of concepts tried when the evidence chooses. */
const CANDIDATES = [1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 25];

/** Concepts with the amounts of each in the rows that they were found in. */
export interface Bank extends Factorization {
  readonly method: 'nmf' | 'semi-nmf';
}

/**
 * Factorises activation rows into a bank of concepts (CRAFT, section 3.1).
 *
 * Shapes   rows A [n, p]; returns coefficients [n, r] and conceptBank [r, p] with unit rows; r is less than asked for
 *          where the rows cannot tell so many concepts apart.
 * Method   NMF where no activation is negative; semi-NMF (signed directions, non-negative amounts) otherwise.
 *          `concepts: 'auto'` takes the number that reconstruction and stability argue for.
 */
export async function buildBank(
  rows: Matrix,
  concepts: number | 'auto',
  options: Omit<FactorizationOptions, 'nComponents'>,
): Promise<Bank> {
  const isSigned = rows.data.some((value) => value < 0);
  const limit = Math.min(rows.rows, rows.cols);
  const nComponents =
    concepts === 'auto'
      ? (await chooseRank(rows, { ...options, candidates: CANDIDATES.filter((r) => r <= limit) })).chosen
      : concepts;
  const factorise = isSigned ? semiNmf : nmf;
  const factorization = await factorise(rows, { ...options, nComponents });
  return { ...mergeDuplicates(factorization), method: isSigned ? 'semi-nmf' : 'nmf' };
}
