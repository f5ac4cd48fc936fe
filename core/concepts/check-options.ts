import { TesseraError } from '../errors.ts';
import { DEFAULT_OPTIONS, type RunOptions } from './run-options.ts';

/** Most values of the masks of one design; as float32 they take 2 GiB. */
const MOST_MASK_VALUES = 2 ** 29;

type Checked = Pick<
  RunOptions,
  'craft' | 'design' | 'samples' | 'replicates' | 'concepts' | 'bank' | 'active'
>;

/**
 * Refuses options of which each is allowed by the table, but not together; nothing has to be computed to know.
 * Throws TesseraError 'bad-usage' in words of the options, its hint naming those to change.
 */
export function checkOptions({ craft, design, samples, replicates, concepts, bank, active }: Checked): void {
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
  if (bank !== 'sparse' && active !== DEFAULT_OPTIONS.active) throw activeOfUsual(active);
  if (concepts === 'auto') return;
  const most = Math.floor(MOST_MASK_VALUES / ((concepts + 2) * concepts));
  if (samples > most) {
    throw new TesseraError(
      'bad-usage',
      `A design for ${concepts} concepts has room in memory for ${most} samples, got ${samples}.`,
      { hint: 'Ask for fewer samples, or for fewer concepts.', options: ['samples', 'concepts'] },
    );
  }
}

/** Why a number of concepts at a place is refused where concepts are of the usual kind: it would change nothing. */
export function activeOfUsual(active: number): TesseraError {
  return new TesseraError(
    'bad-usage',
    `Only sparse concepts can be held to ${active} at a place; those of the usual kind may be there in any number.`,
    { hint: 'Choose sparse concepts.', options: ['bank=sparse'] },
  );
}
