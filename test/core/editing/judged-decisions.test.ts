import { describe, expect, it } from 'vitest';
import { judgeDecisions, judgeSides, type JudgedImage } from '../../../core/editing/judged-decisions.ts';

const image = (folder: string, truth: number | undefined, before: number, after: number): JudgedImage => ({
  ...{ file: `${folder}/${before}${after}.png`, folder, truth, before, after },
});

describe('judgeDecisions', () => {
  const judged = judgeDecisions(
    ['cat', 'dog', 'cow'],
    [
      image('cat', 0, 0, 0),
      image('cat', 0, 1, 0),
      image('cat', 0, 2, 1),
      image('dog', 1, 1, 2),
      image('dogs', 1, 1, 1),
      image('new', undefined, 0, 2),
    ],
  );

  it('tells what is fixed, broken and changed otherwise', () => {
    expect(judged.fixed.map(({ file }) => file)).toEqual(['cat/10.png']);
    expect(judged.broken.map(({ file }) => file)).toEqual(['dog/12.png']);
    expect(judged.otherwise.map(({ file }) => file)).toEqual(['cat/21.png', 'new/02.png']);
    expect(judged.pValue).toBe(1);
  });

  it('counts over images whose folder names a class, by class and by folder', () => {
    expect(judged.images).toBe(6);
    expect(judged.all).toMatchObject({ images: 5, before: { right: 3 }, after: { right: 3 } });
    const counts = (group: typeof judged.byClass) =>
      group.map(({ name, images, before, after }) => [name, images, before.right, after.right]);
    expect(counts(judged.byClass)).toEqual([
      ['cat', 3, 1, 2],
      ['dog', 2, 2, 1],
    ]);
    expect(counts(judged.byFolder)).toEqual([
      ['cat', 3, 1, 2],
      ['dog', 1, 1, 0],
      ['dogs', 1, 1, 1],
    ]);
  });

  it('says nothing of accuracy where no folder names a class', () => {
    const unknown = judgeDecisions(['cat', 'dog'], [image('new', undefined, 0, 1)]);
    expect(unknown.all).toBeUndefined();
    expect(unknown.pValue).toBeUndefined();
    expect(unknown.otherwise).toHaveLength(1);
    expect(unknown.fixed).toEqual([]);
  });
});

describe('judgeSides', () => {
  it('counts by level over images of a known class, and leaves out what is not known of an image', () => {
    const images = [
      image('cat', 0, 1, 0),
      image('cat', 0, 2, 0),
      image('cat', 0, 0, 2),
      image('dog', 1, 1, 1),
      image('new', undefined, 0, 2),
    ];
    const levelOf = new Map([
      ['cat/10.png', 0],
      ['cat/20.png', 0],
      ['cat/02.png', 1],
      ['new/02.png', 2],
    ]);
    const sides = judgeSides(images, [{ of: 'cue', levels: ['yes', 'no', 'maybe'], levelOf }]);
    expect(sides).toMatchObject([
      {
        of: 'cue',
        name: 'yes',
        images: 2,
        before: { right: 0 },
        after: { right: 2 },
        fixed: 2,
        broken: 0,
        pValue: expect.closeTo(0.5) as number,
      },
      { of: 'cue', name: 'no', images: 1, before: { right: 1 }, after: { right: 0 }, fixed: 0, broken: 1 },
    ]);
  });
});
