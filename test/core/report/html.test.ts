import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../../core/report/html.ts';

describe('html``', () => {
  it('escapes strings and passes markup of other templates through', () => {
    const name = '<img src=x onerror=alert(1)>.jpg';
    expect(html`<li>${html`<b>${name}</b>`}</li>`.markup).toBe(
      '<li><b>&lt;img src=x onerror=alert(1)&gt;.jpg</b></li>',
    );
  });

  it('prints lists in order, numbers, and nothing for undefined and false', () => {
    expect(html`${[html`<i>a</i>`, 'b<', 3]}${undefined}${false}${0}`.markup).toBe('<i>a</i>b&lt;30');
  });

  it('does not take an object that merely looks like markup', () => {
    const forged = JSON.parse('{"markup":"<script>"}') as string;
    expect(() => html`${forged}`.markup).toThrow(/internal: html/);
  });

  it('leaves no character of a text that could open an element or close an attribute, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '`', '&', 'a', ';', '#', 'lt') }),
        (text) => {
          const escaped = html`${text}`.markup;
          expect(escaped).not.toMatch(/[<>"'`]|&(?!(amp|lt|gt|quot|#39|#96);)/);
          expect(unescape(escaped)).toBe(text);
        },
      ),
    );
  });
});

function unescape(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&');
}
