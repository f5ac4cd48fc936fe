import { describe, expect, it } from 'vitest';
import { BACKGROUND, contrastRatio } from '../../../core/wording/concept-colours.ts';
import {
  frontierAdvice,
  frontierReading,
  layerColour,
  frontierTop,
  layerNames,
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
    expect(text).toContain('up to 20 %, the line where it is in sight, it is little');
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

describe('layerNames()', () => {
  it('keeps what tells layers apart, without the end that all have', () => {
    expect(layerNames(['layer3.2', 'layer2.2'], 21)).toEqual(['layer3.2', 'layer2.2']);
    expect(layerNames(['/f/f.1/f.1.2/Relu_output_0', '/f/f.2/f.2.2/Relu_output_0'], 21)).toEqual([
      '/f/f.1/f.1.2…',
      '/f/f.2/f.2.2…',
    ]);
    const deep = [1, 2].map((k) => `/features/features.${k}/features.${k}.2/Relu_output_0`);
    const short = layerNames(deep, 21);
    expect(short).toEqual(['/fea….1/features.1.2…', '/fea….2/features.2.2…']);
    expect(layerNames(['/features/features.2/Relu_output_0'], 21)[0]).toHaveLength(21);
  });
});

describe('frontierTop()', () => {
  it('follows what is shown, not the bound', () => {
    expect(frontierTop([0.01, 0.02])).toBeCloseTo(0.024, 12);
    expect(frontierTop([])).toBeGreaterThan(0);
  });
});
