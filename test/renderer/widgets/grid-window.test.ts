import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridWindow, movedTo } from '../../../renderer/widgets/grid-window.ts';

const base = {
  count: 20_000,
  width: 700,
  height: 600,
  scrollTop: 0,
  minCellWidth: 128,
  captionHeight: 18,
  gap: 8,
};

describe('gridWindow()', () => {
  it('fills the row with cells at least as wide as asked', () => {
    const { columns, cellWidth } = gridWindow(base);
    expect(columns).toBe(5);
    expect(cellWidth).toBe(133);
  });

  it('holds every row in sight and only a few more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30_000 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 0, max: 600_000 }),
        (count, width, scrollTop) => {
          const seen = gridWindow({ ...base, count, width, scrollTop });
          const top = Math.min(scrollTop, Math.max(0, seen.rows * seen.rowHeight - base.height));
          const inSight = gridWindow({ ...base, count, width, scrollTop: top });
          expect(inSight.firstRow * seen.rowHeight).toBeLessThanOrEqual(top);
          if (count > 0)
            expect(inSight.lastRow).toBe(
              Math.min(seen.rows - 1, Math.floor((top + base.height) / seen.rowHeight) + 2),
            );
          expect(inSight.lastRow - inSight.firstRow).toBeLessThan(base.height / seen.rowHeight + 6);
        },
      ),
    );
  });

  it('has one column in a window that is too narrow, and no rows without items', () => {
    expect(gridWindow({ ...base, width: 10 }).columns).toBe(1);
    expect(gridWindow({ ...base, count: 0 })).toMatchObject({ rows: 0, lastRow: -1 });
  });
});

describe('movedTo()', () => {
  const grid = { count: 12, columns: 5, pageRows: 2 };
  it.each([
    ['ArrowRight', 3, 4],
    ['ArrowRight', 11, 11],
    ['ArrowDown', 3, 8],
    ['ArrowDown', 8, 8],
    ['ArrowUp', 3, 3],
    ['PageDown', 0, 10],
    ['Home', 7, 0],
    ['End', 0, 11],
    ['x', 3, undefined],
  ])('%s from %i goes to %s', (key, from, to) => expect(movedTo(key, from, grid)).toBe(to));
});
