import { TesseraError } from '../errors.ts';
import { takeRows, type Matrix } from '../linalg/matrix.ts';
import { squaredResidual, squaredRowNorms } from '../linalg/norms.ts';
import { createRandom } from '../random.ts';
import { allZero } from './descent.ts';
import { scanActivations, type Factorization, type FactorizationOptions } from './factorization.ts';
import { kMeans } from './k-means.ts';
import { NON_NEGATIVE } from './nmf.ts';
import { SIGNED } from './semi-nmf.ts';
import { codesOf } from './sparse-codes.ts';
import { alternate, unitRows } from './sparse-descent.ts';

/** What a sparse dictionary takes beside what every factorisation does; `nComponents` may be up to the number of rows. */
export interface SparseDictionaryOptions extends FactorizationOptions {
  /** Atoms that a row may use, from 1. */
  readonly active: number;
}

/** Rows that the start is found from; more of them only settle it. */
const SAMPLE_ROWS = 8192;
/** How often atoms that matter least are put elsewhere. */
const MOVES = 8;

/**
 * Sparse dictionary of activations: minimises ½‖A - U·W‖² over U >= 0 with at most `active` entries above zero in a row,
 * and W of unit rows (without negative entries where A has none).
 *
 * Shapes   A activations [n, p] finite; U coefficients [n, K]; W atoms [K, p], 1 <= K <= n.
 * Method   k-means++ on rows of unit length for a start; then in turn codes by matching pursuit (`Pursuit`; a row
 *          keeps its atoms of before where they are better than those that it would choose now, so that the loss does
 *          not rise) and atoms by HALS on the normal equations (least squares for signed A). Atoms that no row uses become
 *          rows that are explained worst; once all have settled, so do those that matter least, taken back unless it
 *          pays. Of large A a sample of rows is settled first. The codes returned are {@link codesOf} of the last atoms.
 * Status   as of `nmf`.
 * Throws   TesseraError 'bad-usage' for a wrong option, 'bad-tensor' for an entry that is not finite; the signal's
 *          reason when aborted.
 * Source   Aharon, Elad & Bruckstein 2006 (alternation, replacement of atoms); Mairal et al. 2010 (atoms by coordinate
 *          descent on the normal equations); for the codes see `Pursuit`.
 * Limits   two products with A an iteration through `gemm`, [n, K] of memory for each; a local minimum.
 */
export async function sparseDictionary(
  activations: Matrix,
  options: SparseDictionaryOptions,
): Promise<Factorization> {
  checkSparseOptions(activations, options);
  const { squaredNorm } = scanActivations('sparseDictionary', activations, { nonNegative: false });
  const { nComponents, gemm, seed = 0, maxIter = 60, onIteration, signal } = options;
  const active = Math.min(options.active, nComponents);
  if (squaredNorm === 0) return allZero(activations, nComponents);
  const rule = activations.data.some((value) => value < 0) ? SIGNED : NON_NEGATIVE;
  const work = {
    rule,
    gemm,
    active,
    maxIter,
    tol: options.tol ?? 1e-4,
    moves: MOVES,
    ...(signal && { signal }),
  };
  const sample = sampleOf(activations, Math.max(SAMPLE_ROWS, 16 * nComponents), seed);
  const start = await startingAtoms(sample, options, seed);
  const isWhole = sample.rows === activations.rows;
  const begun = isWhole ? start : (await alternate(sample, start, work)).atoms;
  const found = await alternate(activations, begun, {
    ...work,
    moves: isWhole ? MOVES : 0,
    ...(onIteration && { onIteration }),
  });
  const conceptBank = found.atoms;
  const { coefficients } = await codesOf(
    activations,
    { ...conceptBank, active },
    { gemm, ...(signal && { signal }) },
  );
  const relativeError = Math.sqrt(squaredResidual(activations, coefficients, conceptBank) / squaredNorm);
  const { status, losses, reseeded, projectedGradient } = found;
  const stats = { iterations: losses.length, losses, reseeded, projectedGradient, relativeError };
  return { coefficients, conceptBank, status, stats };
}

function checkSparseOptions(
  { rows, cols }: Matrix,
  { nComponents, active, maxIter = 1 }: SparseDictionaryOptions,
): void {
  const wrong = (what: string, most: number, got: number): never => {
    throw new TesseraError(
      'bad-usage',
      `sparseDictionary: the number of ${what} must be a whole number from 1 to ${most} for activations of shape [${rows}, ${cols}], got ${got}`,
      { hint: most < 1 ? 'There are no activations to explain.' : 'Ask for fewer, or give more images.' },
    );
  };
  if (!Number.isInteger(nComponents) || nComponents < 1 || nComponents > rows)
    wrong('concepts', rows, nComponents);
  if (!Number.isInteger(active) || active < 1) wrong('concepts active in a row', nComponents, active);
  if (!Number.isInteger(maxIter) || maxIter < 1)
    throw new TesseraError(
      'bad-usage',
      `sparseDictionary: maxIter must be a whole number above 0, got ${maxIter}`,
    );
}

/** At most so many rows, among those that are not zero. */
function sampleOf(a: Matrix, most: number, seed: number): Matrix {
  const live = [...squaredRowNorms(a).entries()].filter(([, norm]) => norm > 0).map(([row]) => row);
  if (live.length <= most) return live.length === a.rows ? a : takeRows(a, live);
  const order = createRandom(seed).permutation(live.length).subarray(0, most);
  return takeRows(
    a,
    Array.from(order, (place) => live[place]),
  );
}

/** Centres of the rows of a sample, each taken at unit length, and brought to unit length again. */
async function startingAtoms(
  sample: Matrix,
  { nComponents, gemm }: SparseDictionaryOptions,
  seed: number,
): Promise<Matrix> {
  const rows = unitRows(sample);
  const bound = await gemm.bind(rows);
  try {
    return unitRows((await kMeans(rows, bound, { k: nComponents, seed })).centers);
  } finally {
    await bound.dispose();
  }
}
