import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gridWindow,
  holdsRow,
  movedTo,
  rowInSlot,
  slotsInOrder,
  type GridWindow,
} from '../../../renderer/widgets/grid-window.ts';

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

  it('holds every row in sight and only a few more, as many wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30_000 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 0, max: 600_000 }),
        (count, width, scrollTop) => {
          const start = gridWindow({ ...base, count, width });
          const top = Math.min(scrollTop, Math.max(0, start.rows * start.rowHeight - base.height));
          const inSight = gridWindow({ ...base, count, width, scrollTop: top });
          const lastInSight = Math.min(start.rows - 1, Math.floor((top + base.height) / start.rowHeight));
          expect(inSight.firstRow * start.rowHeight).toBeLessThanOrEqual(top);
          expect(inSight.lastRow).toBeGreaterThanOrEqual(lastInSight);
          expect(inSight.lastRow).toBeLessThan(Math.max(1, start.rows));
          expect(inSight.slots).toBe(start.slots);
          expect(inSight.lastRow - inSight.firstRow + 1).toBe(inSight.slots);
          expect(inSight.slots).toBeLessThan(base.height / start.rowHeight + 5);
        },
      ),
    );
  });

  it('has one column in a window that is too narrow, and no rows without items or height', () => {
    expect(gridWindow({ ...base, width: 10 }).columns).toBe(1);
    expect(gridWindow({ ...base, count: 0 })).toMatchObject({ rows: 0, lastRow: -1 });
    expect(gridWindow({ ...base, height: 0 })).toMatchObject({ slots: 0, lastRow: -1 });
  });
});

describe('rowInSlot()', () => {
  it('gives every row of the window a slot, which it keeps while the window moves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500_000 }), fc.integer({ min: 0, max: 900 }), (scrollTop, by) => {
        const before = gridWindow({ ...base, scrollTop });
        const after = gridWindow({ ...base, scrollTop: scrollTop + by });
        const rowsOf = (seen: GridWindow): number[] =>
          slotsInOrder(seen).map((slot) => rowInSlot(slot, seen));
        expect(rowsOf(before)).toEqual(Array.from({ length: before.slots }, (_, i) => before.firstRow + i));
        for (let slot = 0; slot < before.slots; slot++) {
          const row = rowInSlot(slot, before);
          expect(rowInSlot(slot, after) === row).toBe(holdsRow(after, row));
        }
      }),
    );
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
