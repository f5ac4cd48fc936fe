import { describe, expect, it } from 'vitest';
import { html } from '../../../core/report/html.ts';
import { shownName } from '../../../core/wording/shown-name.ts';

describe('shownName()', () => {
  it.each([
    '\u202a',
    '\u202b',
    '\u202c',
    '\u202d',
    '\u202e',
    '\u2066',
    '\u2069',
    '\u200e',
    '\u200f',
    '\u001b',
    '\u009b',
    '\r',
  ])('shows %j as a mark that does nothing', (hidden) => {
    expect(shownName(`photo${hidden}gpj.exe`)).toBe('photo\ufffdgpj.exe');
    expect(html`<title>${`a${hidden}b`}</title>`.markup).toBe('<title>a\ufffdb</title>');
    expect(html`<img alt="${`a${hidden}b`}" />`.markup).toBe('<img alt="a\ufffdb" />');
  });

  it('leaves every writing, and what parts lines and columns, as it is', () => {
    const text = 'Bär ショウ שלום مرحبا 👩‍🎨\n\ta';
    expect(shownName(text)).toBe(text);
  });
});
