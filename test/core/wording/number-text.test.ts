import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeText,
  decimalEstimateText,
  decimalText,
  factorText,
  intervalText,
  numberText,
  percentText,
  shortPercentText,
  signedText,
  speedText,
} from '../../../core/wording/number-text.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('percentText()', () => {
  it.each([
    [0.574, '57.4 %'],
    [0.44, '44.0 %'],
    [0.0996, '10.0 %'],
    [0.0001, '< 0.1 %'],
    [0, '0 %'],
    [-0.012, '−1.2 %'],
    [-0.0001, '0.0 %'],
    [1, '100 %'],
    [0.9999, '> 99.9 %'],
    [1.0001, '100.0 %'],
    [NaN, 'not defined'],
  ])('prints %d as %s', (value, text) => expect(plain(percentText(value))).toBe(text));

  it('does not break between the digits and the sign', () => expect(percentText(0.5)).toBe('50.0\u00a0%'));
});

describe('intervalText()', () => {
  it('joins the ends with a dash, or with a word where a minus sign could be misread', () => {
    expect(plain(intervalText({ low: 0.361, high: 0.46 }))).toBe('36.1–46.0 %');
    expect(plain(intervalText({ low: -0.02, high: 0.04 }))).toBe('−2.0 to 4.0 %');
  });

  it('says once what would read as nothing, or as all, at both ends', () => {
    expect(plain(intervalText({ low: 1e-4, high: 3e-4 }))).toBe('< 0.1 %');
    expect(plain(intervalText({ low: 0.99991, high: 0.99995 }))).toBe('> 99.9 %');
    expect(intervalText({ low: NaN, high: NaN })).toBe('not defined');
  });

  it.each([
    [1e-4, 0.002, '0–0.2 %'],
    [0, 1e-4, '0–0.1 %'],
    [0.9, 0.99995, '90.0–100 %'],
    [0.99995, 1, '99.9–100 %'],
    [1e-4, 0.99995, '0–100 %'],
    [-0.01, 1e-4, '−1.0 to 0.1 %'],
  ])('rounds the ends of %d to %d outwards where they come close to nothing or all', (low, high, text) =>
    expect(plain(intervalText({ low, high }))).toBe(text),
  );

  it('never has a mark beside another number', () =>
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1 }), fc.double({ min: 0, max: 1 }), (one, other) => {
        const text = plain(intervalText({ low: Math.min(one, other), high: Math.max(one, other) }));
        if (text.includes('–')) expect(text).not.toMatch(/[<>]/);
      }),
    ));
});

describe('shortPercentText()', () => {
  it.each([
    [0.65, '65 %'],
    [0.975, '97.5 %'],
    [0.57, '57 %'],
    [0, '0 %'],
  ])('prints %d as %s', (value, text) => expect(plain(shortPercentText(value))).toBe(text));
});

describe('decimalText(), decimalEstimateText() and factorText()', () => {
  it('have two decimals, a real minus sign and none for what rounds to nothing', () => {
    expect([0.834, -1407.5, -0.004, 8, Infinity].map(decimalText)).toEqual([
      '0.83',
      '−1,407.50',
      '0.00',
      '8.00',
      'not defined',
    ]);
  });

  it('carry an interval, and a sign of how many times', () => {
    expect(decimalEstimateText(0.2249, [0.2, 0.24])).toBe('0.22 (0.20 to 0.24)');
    expect(decimalEstimateText(0.5, null)).toBe('0.50');
    expect(decimalEstimateText(undefined)).toBe('not defined');
    expect([plain(factorText(0.5)), speedText(3.21)]).toEqual(['× 0.50', '3.2×']);
  });
});

describe('numberText()', () => {
  it.each([
    [0.834, '0.834'],
    [12.34, '12.3'],
    [-123.4, '−123'],
    [99.97, '100'],
    [999.7, '1,000'],
    [12_345, '12,345'],
    [-1407, '−1,407'],
    [-0.04567, '−0.0457'],
    [0, '0'],
    [1.5e-7, '1.50e−7'],
    [0.00012, '0.00012'],
    [Infinity, 'not defined'],
  ])('prints %d as %s', (value, text) => expect(numberText(value)).toBe(text));
});

describe('changeText() and signedText()', () => {
  it('say which way, and nothing of what rounds to nothing', () => {
    expect([2, -0.4, 0].map(changeText)).toEqual(['+2', '−0.4', '0']);
    expect([0.5749, -0.0384, -0.0004, 0.0004].map((value) => signedText(value))).toEqual([
      '+0.57',
      '−0.04',
      '0.00',
      '0.00',
    ]);
    expect(signedText(12.34, 1)).toBe('+12.3');
  });
});
