import { describe, expect, it } from 'vitest';
import { findLabelShift, isBackground, shiftedLabels } from '../../../core/images/label-shift.ts';

const names = ['tench', 'golf ball', 'crane', 'church'];
/** Two pictures of each folder, and the output that the model puts first. */
const answers = (outputs: Readonly<Record<string, number>>) =>
  Object.entries(outputs).flatMap(([folder, index]) => [
    { path: `/p/${folder}/0.png`, index },
    { path: `/p/${folder}/1.png`, index },
  ]);

describe('shiftedLabels()', () => {
  it('leaves the first name out, or puts one before it, and numbers what is left without', () => {
    expect(shiftedLabels(['background', 'a', 'b'], 'drop-first', 2)).toEqual(['a', 'b']);
    expect(shiftedLabels(['background', 'a', 'b'], 'drop-first', 3)).toEqual(['a', 'b', 'class 2']);
    expect(shiftedLabels(['a', 'b'], 'add-first', 3)).toEqual(['background', 'a', 'b']);
    expect(shiftedLabels(['a', 'b'], 'add-first', 2)).toEqual(['background', 'a']);
  });
});

describe('findLabelShift()', () => {
  it('notices outputs that lie one behind or one before their names', () => {
    expect(findLabelShift(names, answers({ golf_ball: 0, crane: 1, church: 2, other: 3 }))).toEqual({
      shift: 'drop-first',
      known: 6,
      hits: 0,
      shiftedHits: 6,
    });
    expect(findLabelShift(names, answers({ tench: 1, golf_ball: 2, crane: 2 }))).toEqual({
      shift: 'add-first',
      known: 6,
      hits: 2,
      shiftedHits: 4,
    });
  });

  it.each([
    ['the names are right', { tench: 0, golf_ball: 1, crane: 2 }],
    ['the model is wrong in no order', { tench: 3, golf_ball: 3, crane: 0 }],
    ['moving helps hardly more than not', { tench: 0, golf_ball: 1, crane: 1, church: 2 }],
    ['one folder alone speaks for it', { golf_ball: 0 }],
    ['no folder names a class', { a: 0, b: 1, c: 2 }],
  ])('says nothing where %s', (_, outputs) => {
    expect(findLabelShift(names, answers(outputs as unknown as Record<string, number>))).toBeUndefined();
  });

  it('says nothing of three pictures', () => {
    expect(findLabelShift(names, answers({ golf_ball: 0, crane: 1 }).slice(0, 3))).toBeUndefined();
  });
});

describe('isBackground()', () => {
  it('knows what lists call a class of everything else', () => {
    expect(['background', '__background__', 'None', 'tench', undefined].map(isBackground)).toEqual([
      ...[true, true, true, false, false],
    ]);
  });
});
