import { describe, expect, it } from 'vitest';
import { isFling } from '../../../renderer/widgets/scroll-pace.ts';

describe('isFling()', () => {
  const from = { top: 5000, time: 1000 };
  it.each([
    ['a turn of the wheel', { top: 5020, time: 1016 }, false],
    ['a slow drag upwards', { top: 4970, time: 1016 }, false],
    ['a throw', { top: 5200, time: 1016 }, true],
    ['a throw upwards', { top: 4800, time: 1016 }, true],
    ['a throw between late frames', { top: 5500, time: 1090 }, true],
    ['a jump after a pause', { top: 90_000, time: 1100 }, false],
    ['no move', { top: 5000, time: 1000 }, false],
  ])('%s', (_, to, expected) => expect(isFling(from, to, 600)).toBe(expected));
});
