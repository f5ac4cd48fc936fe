import { describe, expect, it } from 'vitest';
import { describeError } from '../../../renderer/widgets/describe-error.ts';

describe('describeError()', () => {
  it('keeps message, hint and code', () => {
    const shown = describeError({ name: 'TesseraError', code: 'bad-model', message: 'What.', hint: 'Do.' });
    expect(shown).toEqual({ message: 'What.', hint: 'Do.', details: 'TesseraError bad-model\nWhat.\nDo.' });
  });

  it.each([[undefined], [null], [''], [{}], [42]])('says something for %s', (value) => {
    expect(describeError(value).message).toBe('Something failed without a reason.');
  });
});
