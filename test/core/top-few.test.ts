import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { TopFew } from '../../core/top-few.ts';

describe('TopFew', () => {
  it('keeps what a sort of all would put first, ties by the lower place', () => {
    const random = createRandom(3);
    const keys = Array.from({ length: 5000 }, () => [random.integer(6), random.integer(40)] as const);
    const order = [...keys.keys()].sort(
      (a, b) => keys[b][0] - keys[a][0] || keys[b][1] - keys[a][1] || a - b,
    );
    for (const most of [0, 1, 7, 300, 5000, 9000]) {
      const first = new TopFew(most);
      // Whoever comes last must not be at an advantage.
      for (const place of random.permutation(keys.length)) first.offer(place, ...keys[place]);
      expect(first.sorted()).toEqual(order.slice(0, most));
    }
  });
});
