import type { CodedBank } from '../linalg/coded-bank.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { Factorization, FactorizationOptions } from './factorization.ts';
import { nmf } from './nmf.ts';
import { semiNmf } from './semi-nmf.ts';
import { sparseDictionary } from './sparse-dictionary.ts';

/** A factorisation whose bank knows what its codes are. */
interface CodedFactorization extends Factorization {
  readonly conceptBank: CodedBank;
}

/** Options of a factorisation of any kind; with `active` it is a sparse dictionary, of at most so many concepts a row. */
type AnyFactorizationOptions = FactorizationOptions & { readonly active?: number | undefined };

/** Has a row a negative activation? Then directions are signed. */
export function isSigned({ data }: Matrix): boolean {
  return data.some((value) => value < 0);
}

/** As many concepts as rows and channels allow; a sparse dictionary may have more than there are channels. */
export function mostConcepts(
  { rows, cols }: Pick<Matrix, 'rows' | 'cols'>,
  active: number | undefined,
): number {
  return active === undefined ? Math.min(rows, cols) : rows;
}

/** The factorisation that rows and options call for: a sparse dictionary, semi-NMF of signed rows, NMF of others. */
export async function factorise(
  rows: Matrix,
  { active, ...options }: AnyFactorizationOptions,
): Promise<CodedFactorization> {
  if (active === undefined) return isSigned(rows) ? semiNmf(rows, options) : nmf(rows, options);
  const found = await sparseDictionary(rows, { ...options, active });
  return { ...found, conceptBank: { ...found.conceptBank, active } };
}
