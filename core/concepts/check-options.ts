import { TesseraError } from '../errors.ts';
import { MAX_SOBOL_DIMENSIONS } from '../sampling/direction-numbers.ts';
import type { RunOptions } from './run-options.ts';

/** Most values of the masks of one design; as float32 they take 2 GiB. */
const MOST_MASK_VALUES = 2 ** 29;

type Checked = Pick<RunOptions, 'craft' | 'design' | 'samples' | 'replicates' | 'concepts'>;

/**
 * Refuses options of which each is allowed by the table, but not together; nothing has to be computed to know.
 * Throws TesseraError 'bad-usage' in words of the options, its hint naming those to change.
 */
export function checkOptions({ craft, design, samples, replicates, concepts }: Checked): void {
  if (craft && replicates > 1) {
    throw new TesseraError(
      'bad-usage',
      `In the paper's own way the designs of an image are all equal, which leaves one repetition; got ${replicates}.`,
      { hint: 'Ask for one repetition.', options: ['replicates=1'] },
    );
  }
  if (craft && design === 'lhs') {
    throw new TesseraError(
      'bad-usage',
      "In the paper's own way a design is not random; a Latin hypercube always is.",
      { hint: 'Choose another design.', options: ['design=halton', 'design=sobol'] },
    );
  }
  if (concepts === 'auto') return;
  if (design === 'sobol' && concepts > MAX_SOBOL_DIMENSIONS / 2) {
    throw new TesseraError(
      'bad-usage',
      `A Sobol' design has room for ${MAX_SOBOL_DIMENSIONS / 2} concepts, got ${concepts}.`,
      { hint: 'Choose another design, or ask for fewer concepts.', options: ['design=halton', 'concepts'] },
    );
  }
  const most = Math.floor(MOST_MASK_VALUES / ((concepts + 2) * concepts));
  if (samples > most) {
    throw new TesseraError(
      'bad-usage',
      `A design for ${concepts} concepts has room in memory for ${most} samples, got ${samples}.`,
      { hint: 'Ask for fewer samples, or for fewer concepts.', options: ['samples', 'concepts'] },
    );
  }
}
