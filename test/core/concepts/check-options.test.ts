import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../../core/concepts/check-options.ts';
import { resolveOptions, type GivenOptions } from '../../../core/concepts/run-options.ts';
import { TesseraError } from '../../../core/errors.ts';
import { totalIndex } from '../../../core/sensitivity/total-index.ts';

const optionsOf = (given: Partial<GivenOptions>) =>
  resolveOptions({ model: 'm.onnx', images: ['photos'], class: 'house', ...given });

function refusal(given: Partial<GivenOptions>): TesseraError | undefined {
  try {
    checkOptions(optionsOf(given));
    return undefined;
  } catch (error) {
    if (error instanceof TesseraError) return error;
    throw error;
  }
}

describe('checkOptions()', () => {
  it.each([
    [{ craft: true, replicates: 2 }, 'which leaves one repetition; got 2.', ['replicates=1']],
    [{ craft: true, design: 'lhs' }, 'a Latin hypercube always is.', ['design=halton', 'design=sobol']],
    [{ active: 9 }, 'Only sparse concepts can be held to 9 at a place;', ['bank=sparse']],
    [
      { concepts: 200, samples: 65_536 },
      'A design for 200 concepts has room in memory for 13288 samples, got 65536.',
      ['samples', 'concepts'],
    ],
  ] as const)('refuses %j, naming the options to change', (given, message, options) => {
    const error = refusal(given);
    expect(error).toMatchObject({ code: 'bad-usage', options });
    expect(error?.message).toContain(message);
    // The window has no flags.
    expect(`${error?.message} ${error?.hint}`).not.toContain('--');
  });

  it.each([
    {},
    { craft: true },
    { craft: true, design: 'sobol' },
    { design: 'lhs', replicates: 64 },
    { concepts: 256 },
    { active: 9, bank: 'sparse' },
    { concepts: 'auto', samples: 65_536 },
  ] as const)('allows %j', (given) => {
    expect(refusal(given)).toBeUndefined();
  });

  it('refuses every design that the estimator would refuse later', async () => {
    for (const craft of [false, true])
      for (const design of ['sobol', 'halton', 'lhs'] as const)
        for (const replicates of [1, 2]) {
          const options = { design, samples: 4, replicates, scrambled: !craft };
          const later = await totalIndex(
            ({ rows }) => Promise.resolve(new Float64Array(rows)),
            2,
            options,
          ).then(
            () => false,
            () => true,
          );
          expect(refusal({ craft, design, samples: 4, replicates }) !== undefined).toBe(later);
        }
  });
});
