/**
 * Minimum-cost matching of rows to columns: the column of every row, [n], for `cost` [n, m] row-major, n <= m.
 *
 * The Hungarian method by shortest augmenting paths with potentials (Kuhn 1955; Jonker & Volgenant 1987):
 * O(n²·m). Costs must be finite. Ties go to the lower column.
 *
 * @internal Tests and benchmarks match by it.
 */
export function assignRows(cost: ArrayLike<number>, n: number, m: number): Int32Array {
  // Row and column 0 are sentinels: rowOf[0] is the row being placed.
  const rowPotential = new Float64Array(n + 1);
  const columnPotential = new Float64Array(m + 1);
  const rowOf = new Int32Array(m + 1);
  const cameFrom = new Int32Array(m + 1);
  for (let row = 1; row <= n; row++) {
    rowOf[0] = row;
    let end = shortestPath(cost, m, rowPotential, columnPotential, rowOf, cameFrom);
    for (; end !== 0; end = cameFrom[end]) rowOf[end] = rowOf[cameFrom[end]];
  }
  const columns = new Int32Array(n);
  for (let column = 1; column <= m; column++) if (rowOf[column] > 0) columns[rowOf[column] - 1] = column - 1;
  return columns;
}

/** {@link assignRows} of whichever side is smaller to the other: the matched pairs in the order of the rows, for any shape. */
export function assignPairs(cost: Float64Array, rows: number, cols: number): [row: number, column: number][] {
  if (rows <= cols) return Array.from(assignRows(cost, rows, cols), (column, row) => [row, column]);
  const turned = cost.map((_, at) => cost[(at % rows) * cols + Math.floor(at / rows)]);
  const pairs = Array.from(assignRows(turned, cols, rows), (row, column): [number, number] => [row, column]);
  return pairs.sort(([first], [second]) => first - second);
}

/** Dijkstra over reduced costs from the unplaced row to the nearest free column, which it returns. */
function shortestPath(
  cost: ArrayLike<number>,
  m: number,
  rowPotential: Float64Array,
  columnPotential: Float64Array,
  rowOf: Int32Array,
  cameFrom: Int32Array,
): number {
  const distance = new Float64Array(m + 1).fill(Infinity);
  const isDone = new Uint8Array(m + 1);
  let column = 0;
  while (rowOf[column] !== 0) {
    isDone[column] = 1;
    const row = rowOf[column];
    let nearest = 0;
    let delta = Infinity;
    for (let j = 1; j <= m; j++) {
      if (isDone[j]) continue;
      const reduced = cost[(row - 1) * m + j - 1] - rowPotential[row] - columnPotential[j];
      if (reduced < distance[j]) {
        distance[j] = reduced;
        cameFrom[j] = column;
      }
      if (distance[j] < delta) {
        delta = distance[j];
        nearest = j;
      }
    }
    for (let j = 0; j <= m; j++) {
      if (isDone[j]) {
        rowPotential[rowOf[j]] += delta;
        columnPotential[j] -= delta;
      } else distance[j] -= delta;
    }
    column = nearest;
  }
  return column;
}
