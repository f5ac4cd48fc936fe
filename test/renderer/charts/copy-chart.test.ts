import { describe, expect, it } from 'vitest';
import { toCsv } from '../../../renderer/charts/copy-chart.ts';

describe('toCsv()', () => {
  it('quotes commas, quotes and lines, and disarms what a spreadsheet would run', () => {
    expect(
      toCsv([
        ['name', 'value'],
        ['a, "b"', 1.5],
        ['=SUM(A1)', -2],
      ]),
    ).toBe('name,value\r\n"a, ""b""",1.5\r\n\'=SUM(A1),-2\r\n');
  });
});
