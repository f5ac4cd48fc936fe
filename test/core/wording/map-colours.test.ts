import { describe, expect, it } from 'vitest';
import { mapColour, mapGradient } from '../../../core/wording/map-colours.ts';

describe('mapColour()', () => {
  it('grows brighter with the magnitude and holds its ends', () => {
    const brightness = (level: number) => mapColour(level).reduce((sum, channel) => sum + channel, 0);
    const levels = Array.from({ length: 21 }, (_, i) => brightness(i / 20));
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    expect(mapColour(2)).toEqual(mapColour(1));
    expect(mapColour(-1)).toEqual(mapColour(0));
  });

  it('is blue below zero, neutral at it and orange above on a scale with both signs', () => {
    const [below, zero, above] = [0, 0.5, 1].map((at) => mapColour(at, true));
    expect(below[2]).toBeGreaterThan(below[0] + 50);
    expect(Math.max(...zero) - Math.min(...zero)).toBeLessThan(16);
    expect(above[0]).toBeGreaterThan(above[2] + 50);
  });
});

describe('mapGradient()', () => {
  it('runs through the colours of the scale from end to end', () => {
    const stops = mapGradient(true).match(/#[0-9a-f]{6}/g)!;
    const hex = (at: number): string =>
      `#${mapColour(at, true)
        .map((channel) => Math.round(channel).toString(16).padStart(2, '0'))
        .join('')}`;
    expect(stops).toHaveLength(11);
    expect([stops[0], stops[5], stops[10]]).toEqual([hex(0), hex(0.5), hex(1)]);
    expect(mapGradient()).not.toBe(mapGradient(true));
  });
});
