import { kMeans } from '../factorization/k-means.ts';
import { takeRows, type Matrix } from '../linalg/matrix.ts';
import { plainGemm } from '../linalg/plain-gemm.ts';
import { createRandom } from '../random.ts';
import { createPause, type EmbeddingWork } from './work.ts';

/** The nearest of some rows for each of n rows, nearest first; both arrays are [n, k] row-major. */
export interface Neighbours {
  readonly k: number;
  readonly indices: Int32Array;
  /** Euclidean. */
  readonly distances: Float64Array;
}

/** Up to so many rows all pairs are compared; beyond, cells of nearby rows. */
const MOST_COMPARED = 3000;
/** Rows from which the cells are made. */
const CELL_ROWS = 10_000;
/** Cells in which the neighbours of a row are looked for. */
const PROBES = 8;
/** Rows after which what waits may have its turn. */
const BLOCK = 256;

/**
 * The k nearest rows of B [m, p], m > k, for every row of A [n, p], by Euclidean distance; equal distances in the order of
 * the rows. Where A is B itself, no row is its own neighbour.
 *
 * Up to 3,000 rows of B exactly. Beyond, only rows in the 8 nearest of √m cells (k-means) are compared: O(n √m p), and about
 * 95 of 100 neighbours are found (the tests hold it to 90). In plain code and seeded: the same everywhere.
 *
 * Source  Jégou, Douze, Schmid 2011, "Product quantization for nearest neighbor search", section IV (inverted file).
 */
export async function nearestRows(
  a: Matrix,
  b: Matrix,
  { k, seed, ...work }: EmbeddingWork & { readonly k: number; readonly seed: number },
): Promise<Neighbours> {
  const found = emptyNeighbours(a.rows, k);
  const blocks = b.rows <= MOST_COMPARED ? everyRow(a, b) : await rowsOfCells(a, b, seed);
  const pause = createPause(work);
  let done = 0;
  for (const { rows, candidates } of blocks) {
    for (const row of rows) for (const some of candidates) offer(found, { a, b }, row, some);
    done += rows.length;
    work.onProgress?.({ stage: 'neighbours', done, total: a.rows });
    await pause();
  }
  for (let i = 0; i < found.distances.length; i++) found.distances[i] = Math.sqrt(found.distances[i]);
  return found;
}

/** Rows of A that are looked at together, and where in B their neighbours are looked for. */
interface Block {
  readonly rows: Int32Array;
  readonly candidates: readonly Int32Array[];
}

function everyRow(a: Matrix, b: Matrix): Block[] {
  const candidates = [counting(b.rows)];
  const all = counting(a.rows);
  return Array.from({ length: Math.ceil(a.rows / BLOCK) }, (_, i) => ({
    rows: all.subarray(i * BLOCK, (i + 1) * BLOCK),
    candidates,
  }));
}

function counting(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i);
}

function emptyNeighbours(n: number, k: number): Neighbours {
  return { k, indices: new Int32Array(n * k).fill(-1), distances: new Float64Array(n * k).fill(Infinity) };
}

/** Takes those of the candidates that are nearer than what was found; distances are squared until the end. */
function offer(
  { k, indices, distances }: Neighbours,
  { a, b }: { readonly a: Matrix; readonly b: Matrix },
  row: number,
  some: Int32Array,
): void {
  const { cols } = b;
  const first = row * k;
  const last = first + k - 1;
  for (const candidate of some) {
    if (candidate === row && a === b) continue;
    const worst = distances[last];
    let sum = 0;
    for (let j = 0, x = row * cols, y = candidate * cols; j < cols && sum < worst; j++, x++, y++) {
      const difference = a.data[x] - b.data[y];
      sum += difference * difference;
    }
    if (sum >= worst) continue;
    let at = last;
    for (; at > first && distances[at - 1] > sum; at--) {
      distances[at] = distances[at - 1];
      indices[at] = indices[at - 1];
    }
    distances[at] = sum;
    indices[at] = candidate;
  }
}

/** The rows of A by the cell that each is in, with the rows of B in the cells that are nearest to that cell's rows. */
async function rowsOfCells(a: Matrix, b: Matrix, seed: number): Promise<Block[]> {
  const sample = takeRows(b, createRandom(seed).permutation(b.rows).subarray(0, CELL_ROWS));
  const bound = await plainGemm.bind(sample);
  const { centers } = await kMeans(sample, bound, { k: Math.round(Math.sqrt(b.rows)), seed });
  const probes = nearestCenters(a, centers, PROBES);
  const cells = rowsByCell(a === b ? probes : nearestCenters(b, centers, PROBES), centers.rows);
  const order = a === b ? cells : rowsByCell(probes, centers.rows);
  // Row by row, but those of a cell after one another: what they are compared with is still at hand.
  return order.flatMap((rows) =>
    Array.from(rows, (row) => ({
      rows: Int32Array.of(row),
      candidates: Array.from(probes.subarray(row * PROBES, (row + 1) * PROBES), (cell) => cells[cell]),
    })),
  );
}

/** By the first of each row's cells. */
function rowsByCell(probes: Int32Array, count: number): Int32Array[] {
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (let row = 0; row < probes.length / PROBES; row++) lists[probes[row * PROBES]].push(row);
  return lists.map((list) => Int32Array.from(list));
}

/** Indices of the `count` nearest centres of every row, [n, count]. */
function nearestCenters(a: Matrix, centers: Matrix, count: number): Int32Array {
  const found = emptyNeighbours(a.rows, count);
  const all = counting(centers.rows);
  for (let row = 0; row < a.rows; row++) offer(found, { a, b: centers }, row, all);
  return found.indices;
}
