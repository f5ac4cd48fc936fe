import { TesseraError } from '../errors.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { createRandom } from '../random.ts';
import { haltonSequence } from './halton.ts';
import { latinHypercube } from './latin-hypercube.ts';
import { sobolSequence } from './sobol-sequence.ts';

export type DesignKind = 'sobol' | 'halton' | 'lhs';

export interface DesignOptions {
  readonly kind: DesignKind;
  /** Randomised by the seed. A Latin hypercube is always random and refuses `false`. @default true */
  readonly scrambled?: boolean;
  /** Number of concepts r, one column each. */
  readonly nConcepts: number;
  /** Base sample size N; a power of two suits Sobol' points best. */
  readonly samples: number;
  /** Read only by randomised designs. @default 0 */
  readonly seed?: number;
}

/**
 * Masks for the estimation of total indices -> [(r + 2) N, r], values in [0, 1].
 *
 * Row blocks of N: A, B, then C_0 ... C_{r-1}, where C_i is A with its column i taken from B. A and B are the two
 * halves of one point set in 2r dimensions. Values are rounded to float32, so that a scrambled coordinate within
 * 2^-25 of 1 becomes 1.
 *
 * Throws  TesseraError 'bad-usage' for a size that is no design.
 * Source  Saltelli et al. 2010, "Variance based sensitivity analysis of model output", Comput. Phys. Commun. 181.
 */
export function replicatedDesign(options: DesignOptions): Matrix {
  const { nConcepts, samples } = options;
  checkSize('nConcepts', nConcepts, 1);
  checkSize('samples', samples, 2);
  const points = basePoints(options);
  const design = matrix((nConcepts + 2) * samples, nConcepts);
  for (let block = 0; block < nConcepts + 2; block++) {
    for (let n = 0; n < samples; n++) {
      const row = (block * samples + n) * nConcepts;
      const point = n * 2 * nConcepts;
      for (let i = 0; i < nConcepts; i++) {
        const fromB = block === 1 || block === i + 2;
        design.data[row + i] = points[point + i + (fromB ? nConcepts : 0)];
      }
    }
  }
  return design;
}

/** A and B side by side: [N, 2r]. */
function basePoints({ kind, scrambled = true, nConcepts, samples, seed = 0 }: DesignOptions): Float64Array {
  const size = { nPoints: samples, nDims: 2 * nConcepts };
  const random = createRandom(seed);
  switch (kind) {
    case 'sobol':
      return sobolSequence(scrambled ? { ...size, scramble: random } : size);
    case 'halton':
      return haltonSequence(scrambled ? { ...size, scramble: random } : size);
    case 'lhs':
      if (scrambled) return latinHypercube({ ...size, random });
      throw new TesseraError('bad-usage', 'replicatedDesign: a Latin hypercube has no unscrambled form.', {
        hint: 'Leave `scrambled` at true, or take a sobol or halton design.',
      });
  }
}

function checkSize(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new TesseraError(
    'bad-usage',
    `replicatedDesign: ${name} must be a whole number of at least ${least}, got ${value}.`,
  );
}
