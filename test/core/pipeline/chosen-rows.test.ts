import { describe, expect, it } from 'vitest';
import { chosenRows } from '../../../core/pipeline/stages/rows.ts';

describe('chosenRows', () => {
  it('takes all rows where there is room, else as many of each image', () => {
    const whole = chosenRows(4, 3, { room: 12, seed: 1 });
    expect(whole.isWhole).toBe(true);
    expect(whole.chosen).toEqual([0, 1, 2].map((image) => ({ image, rows: [0, 1, 2, 3] })));
    const some = chosenRows(4, 3, { room: 11, seed: 1 });
    expect(some.isWhole).toBe(false);
    expect(some.chosen.map(({ rows }) => new Set(rows).size)).toEqual([3, 3, 3]);
  });

  it('keeps to the room with a million images, which are taken evenly by lot', () => {
    const room = 8192;
    const { chosen, isWhole } = chosenRows(49, 1_000_000, { room, seed: 1 });
    expect(isWhole).toBe(false);
    expect(chosen).toHaveLength(room);
    expect(chosen.every(({ rows }) => rows.length === 1 && rows[0] < 49)).toBe(true);
    const images = chosen.map(({ image }) => image);
    expect(images.every((image, at) => at === 0 || image > images[at - 1])).toBe(true);
    // Of each tenth about a tenth: a binomial's five standard deviations are 136.
    for (let tenth = 0; tenth < 10; tenth++) {
      const own = images.filter((image) => Math.floor(image / 100_000) === tenth).length;
      expect(Math.abs(own - room / 10)).toBeLessThan(136);
    }
    expect(chosenRows(49, 1_000_000, { room, seed: 1 }).chosen).toEqual(chosen);
    expect(chosenRows(49, 1_000_000, { room, seed: 2 }).chosen).not.toEqual(chosen);
  });
});
