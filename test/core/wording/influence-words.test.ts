import { describe, expect, it } from 'vitest';
import { restsOnMeaning, sampledText } from '../../../core/wording/influence-words.ts';

describe('sampledText()', () => {
  it('does not reassure by how little a concept moves where other fits do not find it again', () => {
    const text = sampledText({ cosine: 0.998, isRefitted: false }, 0.5);
    expect(text).toMatch(/found again 0\.50.*has other solutions/);
    expect(text).not.toContain('1.00');
  });

  it.each([
    [false, 0.97, /^If each picture counted a little more or less/],
    [true, 0.97, /^Made again from other samples of the pictures, beginning with this concept/],
    [false, null, /^If each picture/],
  ])('says what the likeness is of, refitted %s, found again %s', (isRefitted, foundAgain, begin) => {
    const text = sampledText({ cosine: 0.95, isRefitted }, foundAgain);
    expect(text).toMatch(begin);
    expect(text).toContain('a cosine of about 0.95');
  });
});

describe('restsOnMeaning()', () => {
  it('does not offer the derivative as what was found where refits had to stand in', () => {
    expect(restsOnMeaning(false)).toContain('if that picture counted a little more');
    expect(restsOnMeaning(true)).not.toContain('if that picture counted');
  });
});
