import { describe, expect, it } from 'vitest';
import { BACKGROUND, contrastRatio } from '../../../core/wording/concept-colours.ts';
import {
  frontierAdvice,
  frontierReading,
  layerColour,
  layerEnd,
} from '../../../core/wording/frontier-words.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const BOUNDS = { rest: 0.1, stability: 0.75 };
const SUGGESTED = { layer: 'block5', r: 5, bank: 'usual' } as const;

describe('frontierAdvice()', () => {
  it.each([
    [
      'fewest-active',
      'The comparison argues for 5 concepts at block5: of the choices that leave at most 10 % that no concept explains and are found again (0.75 or more), this one has the fewest concepts active in an image and so is the easiest to read.',
    ],
    [
      'least-rest',
      'The comparison argues for 5 concepts at block5: none that is found again (0.75 or more) leaves at most 10 % that no concept explains, and of those this one leaves the least.',
    ],
    [
      'none-found-again',
      'The comparison argues for 5 concepts at block5: none is found again (0.75 or more), and this one leaves the least that no concept explains.',
    ],
  ] as const)('tells the rule: %s', (argument, text) =>
    expect(plain(frontierAdvice(SUGGESTED, argument, BOUNDS))).toBe(text),
  );
});

describe('frontierReading()', () => {
  it('gives a dash one meaning, and every bound as it is', () => {
    const text = plain(frontierReading({ rest: 0.2, stability: 0.8 }));
    expect(text.match(/dash/g)).toHaveLength(1);
    expect(text).toContain('up to the line, 20 %, it is little');
    expect(text).toContain('likeness below 0.80');
  });
});

describe('layerColour()', () => {
  it('tells six layers apart, each at least 3:1 against the page of its theme', () => {
    const colours = [0, 1, 2, 3, 4, 5].map(layerColour);
    expect(new Set(colours.map(({ onLight }) => onLight)).size).toBe(6);
    for (const { onLight, onDark } of colours) {
      expect(contrastRatio(onLight, BACKGROUND.light)).toBeGreaterThanOrEqual(3);
      expect(contrastRatio(onDark, BACKGROUND.dark)).toBeGreaterThanOrEqual(3);
    }
    expect(layerColour(6)).toEqual(layerColour(0));
  });
});

describe('layerEnd()', () => {
  it('keeps whole parts at the end of a long name', () => {
    expect(layerEnd('layer3.2', 21)).toBe('layer3.2');
    expect(layerEnd('/features/features.2/features.2.2/Relu_output_0', 21)).toBe('…2.2/Relu_output_0');
  });
});
