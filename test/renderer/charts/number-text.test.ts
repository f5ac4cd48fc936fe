import { describe, expect, it } from 'vitest';
import {
  bytes,
  change,
  clock,
  countOf,
  duration,
  figure,
  percent,
  signed,
  withoutFolders,
} from '../../../renderer/charts/number-text.ts';

describe('texts of numbers', () => {
  it.each([
    [percent(0.7211), '72.1 %'],
    [percent(0), '0.0 %'],
    [percent(0.00001), '< 0.1 %'],
    [percent(0.004, 0), '< 1 %'],
    [figure(0), '0'],
    [figure(-0.04567), '−0.0457'],
    [figure(12345), '12,345'],
    [figure(1.5e-7), '1.50e−7'],
    [change(2), '+2'],
    [signed(-0.0384, 2), '−0.04'],
    [signed(-0.0004, 2), '0.00'],
    [countOf(1, 'image'), '1 image'],
    [countOf(2000, 'class', 'classes'), '2,000 classes'],
    [clock(2.4), '0:02'],
    [clock(3729), '1:02:09'],
    [duration(12, 25), '12 to 25 s'],
    [duration(100, 140), 'about 2 min'],
    [duration(3600, 9000), '1 to 2.5 h'],
    [bytes(999), '999 B'],
    [withoutFolders('from the card /a b/c/card.json'), 'from the card card.json'],
    [withoutFolders(String.raw`D:\models\labels.txt`), 'labels.txt'],
    [withoutFolders('numbers and/or names'), 'numbers and/or names'],
    [bytes(4_200_000), '4.2 MB'],
  ])('%s', (got, want) => expect(got).toBe(want));
});
