import { matrix, type Matrix } from '../linalg/matrix.ts';

type Grid = readonly [rows: number, columns: number];

/**
 * Amounts [places, r] of a grid, averaged onto a coarser one: each place of the coarser grid has the mean over the area
 * that it covers. The same grid gives the amounts themselves. Throws nothing; `to` has at most as many rows and columns.
 */
export function onGrid(amounts: Matrix, from: Grid, to: Grid): Matrix {
  if (from[0] === to[0] && from[1] === to[1]) return amounts;
  const [down, across] = [sharesOf(from[0], to[0]), sharesOf(from[1], to[1])];
  const { cols, data } = amounts;
  const out = matrix(to[0] * to[1], cols);
  down.forEach((rows, y) => {
    across.forEach((columns, x) => {
      const base = (y * to[1] + x) * cols;
      for (const [row, high] of rows)
        for (const [column, wide] of columns) {
          const at = (row * from[1] + column) * cols;
          for (let concept = 0; concept < cols; concept++)
            out.data[base + concept] += high * wide * data[at + concept];
        }
    });
  });
  return out;
}

/** For each of `to` equal stretches the cells of `from` under it, with their share of it. */
function sharesOf(from: number, to: number): (readonly [cell: number, share: number])[][] {
  const step = from / to;
  return Array.from({ length: to }, (_, stretch) => {
    const [start, end] = [stretch * step, (stretch + 1) * step];
    const cells: [number, number][] = [];
    for (let cell = Math.floor(start); cell < Math.min(from, Math.ceil(end)); cell++) {
      const overlap = Math.min(end, cell + 1) - Math.max(start, cell);
      if (overlap > 0) cells.push([cell, overlap / step]);
    }
    return cells;
  });
}
