import { describe, expect, it } from 'vitest';
import { fewRightText, originText, preprocessingText } from '../../../core/wording/preprocessing-words.ts';

const told = {
  size: 64,
  resizeShort: 72,
  fit: 'cover',
  kernel: 'cubic',
  channelOrder: 'BGR',
  scale: 255,
  mean: [0.5, 0.4, 0.3],
  std: [1, 1, 1],
} as const;

describe('preprocessingText()', () => {
  it('tells size, channels, values and the way to resize', () => {
    expect(preprocessingText(told)).toBe(
      '64 px, BGR, (v / 255 - [0.5, 0.4, 0.3]) / [1, 1, 1]; shorter side to 72 px and the centre cut out, cubic',
    );
    const grey = { ...told, mean: [0.5], std: [0.5], fit: 'stretch', kernel: 'opencv-linear' } as const;
    expect(preprocessingText(grey)).toBe(
      '64 px, grey, (v / 255 - 0.5) / 0.5; squashed to the frame, linear of OpenCV',
    );
    const alpha = { ...told, width: 96, mean: [0, 0, 0, 0], fit: 'contain', kernel: 'pil-bicubic' } as const;
    expect(preprocessingText(alpha)).toBe(
      '96 x 64 px, BGR and alpha, (v / 255 - [0, 0, 0, 0]) / [1, 1, 1]; whole with grey beside it, bicubic of Pillow',
    );
  });
});

describe('originText() and fewRightText()', () => {
  it.each([
    ['card', 'from the card a.json', 'The preprocessing is from the card a.json.'],
    ['graph', 'it takes bytes', 'The preprocessing follows from the model: it takes bytes.'],
    ['chosen', 'preset raw', 'The preprocessing was chosen: preset raw.'],
    ['default', 'nothing tells it', 'The preprocessing is a guess: nothing tells it.'],
  ])('says how a preprocessing of %s came about', (source, reason, text) => {
    expect(originText({ source, reason })).toBe(text);
    expect(fewRightText({ source, reason })).toMatch(new RegExp(`order\\. ${text}$`));
  });

  it('does not make up what was not recorded', () => {
    expect(fewRightText(undefined)).toMatch(/labels in another order\.$/);
  });
});
