import { nmf } from '../factorization/nmf.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { sparseDictionary } from '../factorization/sparse-dictionary.ts';
import { semiNmf } from '../factorization/semi-nmf.ts';
import { chooseRank } from '../factorization/rank.ts';
import type { Factorization, FactorizationOptions } from '../factorization/factorization.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { mergeDuplicates } from './merge-duplicates.ts';
import type { RunOptions } from './run-options.ts';

/** Numbers of concepts tried when the evidence chooses. */
const CANDIDATES = [1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 25];
const SPARSE_CANDIDATES = [8, 12, 16, 24, 32, 48, 64];

/** Concepts with the amounts of each in the rows that they were found in. */
export interface Bank extends Factorization {
  readonly conceptBank: CodedBank;
  /** Whether directions may have negative entries. */
  readonly method: 'nmf' | 'semi-nmf';
}

/**
 * Factorises activation rows into a bank of concepts (CRAFT, section 3.1).
 *
 * Shapes   rows A [n, p]; returns coefficients [n, r] and conceptBank [r, p] with unit rows; r is less than asked for
 *          where the rows cannot tell so many concepts apart.
 * Method   NMF where no activation is negative; semi-NMF (signed directions, non-negative amounts) otherwise.
 *          With `active` a sparse dictionary instead, signed or not alike: at most so many concepts a row.
 *          `concepts: 'auto'` takes the number that reconstruction and stability argue for.
 */
export async function buildBank(
  rows: Matrix,
  concepts: number | 'auto',
  options: Omit<FactorizationOptions, 'nComponents'> & { readonly active?: number | undefined },
): Promise<Bank> {
  const isSigned = rows.data.some((value) => value < 0);
  const method = isSigned ? 'semi-nmf' : 'nmf';
  const { active, ...usual } = options;
  const limit = active === undefined ? Math.min(rows.rows, rows.cols) : rows.rows;
  const candidates = (active === undefined ? CANDIDATES : SPARSE_CANDIDATES).filter((r) => r <= limit);
  const nComponents =
    concepts === 'auto' ? (await chooseRank(rows, { ...options, candidates })).chosen : concepts;
  if (active !== undefined) {
    const found = mergeDuplicates(await sparseDictionary(rows, { ...usual, nComponents, active }));
    return { ...found, conceptBank: { ...found.conceptBank, active }, method };
  }
  const factorise = isSigned ? semiNmf : nmf;
  return { ...mergeDuplicates(await factorise(rows, { ...usual, nComponents })), method };
}

/** How many concepts of a bank a row may have; undefined where it may have any number. */
export function activeOf({ bank, active }: Pick<RunOptions, 'bank' | 'active'>): number | undefined {
  return bank === 'sparse' ? active : undefined;
}
