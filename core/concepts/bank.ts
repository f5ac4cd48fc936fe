import type { CodedBank } from '../linalg/coded-bank.ts';
import { factorise, isSigned, mostConcepts } from '../factorization/factorise.ts';
import { chooseRank } from '../factorization/rank.ts';
import type { Factorization, FactorizationOptions } from '../factorization/factorization.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { mergeDuplicates } from './merge-duplicates.ts';
import type { RunOptions } from './run-options.ts';

/** Numbers of concepts tried when the evidence chooses. */
const CANDIDATES = [1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 25];
/** The same of sparse concepts. */
export const SPARSE_CANDIDATES = [8, 12, 16, 24, 32, 48, 64];

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
  const { active } = options;
  const most = mostConcepts(rows, active);
  const candidates = (active === undefined ? CANDIDATES : SPARSE_CANDIDATES).filter((r) => r <= most);
  const nComponents =
    concepts === 'auto' ? (await chooseRank(rows, { ...options, candidates })).chosen : concepts;
  const found = mergeDuplicates(await factorise(rows, { ...options, nComponents }));
  return {
    ...found,
    conceptBank: { ...found.conceptBank, ...(active !== undefined && { active }) },
    method: isSigned(rows) ? 'semi-nmf' : 'nmf',
  };
}

/** How many concepts of a bank a row may have; undefined where it may have any number. */
export function activeOf({ bank, active }: Pick<RunOptions, 'bank' | 'active'>): number | undefined {
  return bank === 'sparse' ? active : undefined;
}

/** Are concepts of these options the minimum of ‖A - UW‖ over the explained images, where a derivative by them can be taken? */
export function isAtMinimum({
  bank,
  refine,
  sharing,
}: Pick<RunOptions, 'bank' | 'refine' | 'sharing'>): boolean {
  return bank !== 'sparse' && !refine && sharing !== 'shared';
}
