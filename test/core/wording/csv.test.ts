import { describe, expect, it } from 'vitest';
import { csvText } from '../../../core/wording/csv.ts';

describe('csvText()', () => {
  it('lets no cell be a formula, and numbers be numbers', () => {
    expect(csvText([['=1+1', '+1', '-1', '@x', '\tx', -1, 0.5, null, undefined]])).toBe(
      "'=1+1,'+1,'-1,'@x,'\tx,-1,0.5,,\n",
    );
    expect(csvText([['=HYPERLINK("x","y")']])).toBe('"\'=HYPERLINK(""x"",""y"")"\n');
  });

  it('quotes what would part a cell', () => {
    expect(csvText([['a,b', 'say "x"', 'two\nlines']], '\r\n')).toBe('"a,b","say ""x""","two\nlines"\r\n');
  });
});
