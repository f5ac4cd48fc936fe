import { describe, expect, it } from 'vitest';
import type { ModelIntake } from '../../../core/pipeline/model-intake.ts';
import { predictionNotes } from '../../../main/cli/predict-notes.ts';

type Known = Pick<ModelIntake, 'labels' | 'preprocessing'>;

const preprocessing = {
  preprocessing: {
    size: 8,
    fit: 'cover',
    kernel: 'cubic',
    channelOrder: 'RGB',
    scale: 255,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    layout: 'NCHW',
  },
  source: 'card',
  reason: 'from the card net.json',
} as const satisfies Known['preprocessing'];
const labels = { names: ['tench', 'golf ball', 'crane'], source: 'labels.txt' };
const files = ['tench', 'tench', 'golf_ball', 'golf_ball', 'crane', 'crane'].map((name, i) => ({
  path: `/p/${name}/${i}.png`,
}));
const saying = (...indices: number[]) => indices.map((index, at) => ({ at, index }));

describe('predictionNotes()', () => {
  it('says nothing where answers are right and a card says the preprocessing', () => {
    expect(predictionNotes({ labels, preprocessing }, files, saying(0, 0, 1, 1, 2, 2))).toEqual([]);
  });

  it('calls a guess a guess, whatever the answers', () => {
    const guess = { ...preprocessing, source: 'default', reason: 'nothing tells it' } as const;
    expect(predictionNotes({ labels, preprocessing: guess }, files, saying(0, 0, 1, 1, 2, 2))).toEqual([
      'The preprocessing is a guess: nothing tells it.',
    ]);
  });

  it('says where few answers are right how the preprocessing came about', () => {
    expect(predictionNotes({ labels, preprocessing }, files, saying(2, 2, 0, 2, 0, 0))).toEqual([
      'So few right answers often mean the wrong preprocessing or labels in another order. The preprocessing is from the card net.json.',
    ]);
  });

  it('offers to move names that are off by one', () => {
    expect(predictionNotes({ labels, preprocessing }, files, saying(1, 1, 2, 2, 2, 0)).at(-1)).toBe(
      'The class names look off by one: 1 of 6 images are called what their folder says, and 4 with the names moved by one; the model seems to begin with a background class that the list lacks. See --label-shift add-first.',
    );
  });

  it('tells of a list of names that was not taken', () => {
    const misfit = { source: 'labels.txt', names: 4, classes: 3, shift: 'drop-first' } as const;
    const numbers = { names: ['class 0', 'class 1', 'class 2'], source: 'numbers', misfit };
    expect(predictionNotes({ labels: numbers, preprocessing }, files, saying(0, 0, 1, 1, 2, 2))).toEqual([
      'labels.txt has 4 names for 3 classes and is not taken; the list may begin with a background class that the model lacks. See --label-shift drop-first.',
    ]);
  });
});
