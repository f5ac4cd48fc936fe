import { TesseraError } from '../errors.ts';
import type { Random } from '../random.ts';
import { directionNumbers, MAX_SOBOL_DIMENSIONS } from './direction-numbers.ts';

const BITS = 32;

export interface SobolOptions {
  readonly nPoints: number;
  /** At most {@link MAX_SOBOL_DIMENSIONS}. */
  readonly nDims: number;
  /** Source of the scrambling; absent: the plain sequence, whose first point is the origin. */
  readonly scramble?: Random;
}

/**
 * The first points of the Sobol' sequence in Gray-code order -> [nPoints, nDims] row-major, in [0, 1).
 *
 * Plain, every coordinate is an exact multiple of 2^-32 and equals SciPy's. Scrambled, the generator matrices are
 * multiplied by random lower-triangular ones and a random shift is added digit by digit: each point is then
 * uniform on its own while the set keeps its even spread, so that independent scramblings measure the error.
 * The spread is best when nPoints is a power of two.
 *
 * Throws  TesseraError 'bad-usage' for more dimensions than there are direction numbers.
 * Source  Antonov and Saleev 1979 (Gray code); Matousek 1998, "On the L2-discrepancy for anchored boxes" (scrambling).
 * Limits  2^32 points; O(nPoints · nDims) and, scrambled, O(1024 · nDims) on top.
 */
export function sobolSequence({ nPoints, nDims, scramble }: SobolOptions): Float64Array {
  if (nDims > MAX_SOBOL_DIMENSIONS) {
    throw new TesseraError(
      'bad-usage',
      `sobolSequence: there are direction numbers for ${MAX_SOBOL_DIMENSIONS} dimensions, got ${nDims}.`,
      {
        hint: `A design takes two dimensions a concept: ask for at most ${MAX_SOBOL_DIMENSIONS / 2} concepts, or for a halton or lhs design.`,
      },
    );
  }
  const points = new Float64Array(nPoints * nDims);
  for (let dim = 0; dim < nDims; dim++) {
    const plain = generatorColumns(dim);
    const columns = scramble ? scrambleColumns(plain, scramble) : plain;
    let state = scramble ? randomWord(scramble) : 0;
    for (let n = 0; n < nPoints; n++) {
      if (n > 0) state ^= columns[trailingZeros(n)];
      points[n * nDims + dim] = (state >>> 0) / 2 ** BITS;
    }
  }
  return points;
}

/** Columns of one dimension's generator matrix, as 32-bit words whose highest bit is the first binary digit. */
function generatorColumns(dimension: number): Uint32Array {
  const { polynomial, initial } = directionNumbers(dimension);
  const degree = initial.length;
  const columns = new Uint32Array(BITS);
  for (let k = 0; k < BITS; k++) {
    if (degree === 0) columns[k] = 2 ** (BITS - 1 - k);
    else if (k < degree) columns[k] = initial[k] * 2 ** (BITS - 1 - k);
    else columns[k] = recurrence(columns, k, polynomial, degree);
  }
  return columns;
}

/** v_k = v_{k-s} xor (v_{k-s} >> s) xor the v_{k-i} whose polynomial coefficient is 1 (Joe and Kuo 2008). */
function recurrence(columns: Uint32Array, k: number, polynomial: number, degree: number): number {
  let word = columns[k - degree] ^ (columns[k - degree] >>> degree);
  for (let i = 1; i < degree; i++) {
    if ((polynomial >>> (degree - i)) & 1) word ^= columns[k - i];
  }
  return word >>> 0;
}

/** Multiplies a generator matrix from the left by a random lower-triangular matrix with unit diagonal. */
function scrambleColumns(columns: Uint32Array, random: Random): Uint32Array {
  const scrambled = new Uint32Array(BITS);
  for (let digit = 0; digit < BITS; digit++) {
    const diagonal = 0x80000000 >>> digit;
    const row = diagonal | (randomWord(random) & ~(0xffffffff >>> digit));
    for (let k = 0; k < BITS; k++) if (isOddParity(row & columns[k])) scrambled[k] |= diagonal;
  }
  return scrambled;
}

function isOddParity(word: number): boolean {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return ((0x6996 >>> (folded & 15)) & 1) === 1;
}

function trailingZeros(n: number): number {
  return 31 - Math.clz32(n & -n);
}

function randomWord(random: Random): number {
  return random.integer(2 ** 32) | 0;
}
