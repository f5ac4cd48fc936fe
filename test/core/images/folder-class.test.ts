import { describe, expect, it } from 'vitest';
import { rightAnswers, truthOf } from '../../../core/images/folder-class.ts';

const NAMES = ['boat', 'house'];
const answer = (path: string, index: number) => ({ file: { path }, index });

describe('rightAnswers()', () => {
  it('judges every image by the folder that it lies in', () => {
    const answers = [
      answer('/images/house/1.png', 1),
      answer('/images/house/2.png', 0),
      answer('/images/boat/1.png', 0),
      answer('/images/misc/1.png', 1),
    ];
    expect(rightAnswers(NAMES, answers)).toMatchObject({ known: 3, hits: 2 });
  });

  it('reads folders of any system, and knows of none where there is none', () => {
    expect(truthOf(NAMES, { path: String.raw`C:\images\boat\1.png` })).toBe(0);
    expect(truthOf(NAMES, { path: '1.png' })).toBeUndefined();
  });
});
