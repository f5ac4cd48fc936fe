import { describe, expect, it } from 'vitest';
import {
  countText,
  durationText,
  fileNameOf,
  intervalText,
  listText,
  numberText,
  percentText,
  plural,
} from '../../../core/report/number-text.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('percentText()', () => {
  it.each([
    [0.44, '44 %'],
    [0.0994, '9.9 %'],
    [0.0996, '10 %'],
    [0.0001, '< 0.1 %'],
    [0, '0 %'],
    [-0.012, '−1.2 %'],
    [-0.0001, '0 %'],
    [1, '100 %'],
    [NaN, 'not defined %'],
  ])('prints %d as %s', (value, text) => expect(plain(percentText(value))).toBe(text));
});

describe('intervalText()', () => {
  it('joins the ends with a dash, or with a word where a minus sign could be misread', () => {
    expect(plain(intervalText({ mean: 0.4, low: 0.36, high: 0.46 }))).toBe('36–46 %');
    expect(plain(intervalText({ mean: 0.01, low: -0.02, high: 0.04 }))).toBe('−2.0 to 4.0 %');
  });

  it('says once what would read as zero at both ends', () => {
    expect(plain(intervalText({ mean: 2e-4, low: 1e-4, high: 3e-4 }))).toBe('< 0.1 %');
    expect(plain(intervalText({ mean: 2e-4, low: 1e-4, high: 0.002 }))).toBe('< 0.1–0.2 %');
  });
});

describe('numberText()', () => {
  it.each([
    [0.834, '0.83'],
    [12.34, '12.3'],
    [-123.4, '−123'],
    [999.7, '1\u202f000'],
    [12042, '12\u202f000'],
    [-1407, '−1\u202f410'],
    [0, '0.00'],
    [0.00012, '1.20e−4'],
    [Infinity, 'not defined'],
  ])('prints %d as %s', (value, text) => expect(numberText(value)).toBe(text));
});

describe('countText(), plural(), listText() and durationText()', () => {
  it('say what a person would', () => {
    expect(plain(countText(1_234_567))).toBe('1 234 567');
    expect([plural(1, 'image'), plural(40, 'image')]).toEqual(['1 image', '40 images']);
    expect([listText([]), listText(['a']), listText(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
    expect([380, 4210, 59_960, 185_000].map(durationText)).toEqual([
      '380 ms',
      '4.2 s',
      '1 min 00 s',
      '3 min 05 s',
    ]);
  });
});

describe('fileNameOf()', () => {
  it('takes the last part of a path of either system', () => {
    expect(['/a/b.jpg', 'C:\\a\\b.jpg', 'b.jpg', '/'].map(fileNameOf)).toEqual([
      'b.jpg',
      'b.jpg',
      'b.jpg',
      '/',
    ]);
  });
});
