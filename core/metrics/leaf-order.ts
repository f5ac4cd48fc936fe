/**
 * An order in which vectors that are alike stand beside each other: the leaves of an agglomerative clustering (average
 * linkage, UPGMA), each branch turned so that what it begins with is nearest to what stands before it.
 *
 * Shapes   vectors: n of one length; returns the n places in their new order.
 * Source   Sokal & Michener 1958 (average linkage); Lance & Williams 1967 (updating distances); Gruvaeus & Wainer 1972
 *          (turning branches).
 * Limits   n² numbers and, for vectors in general position, about n² steps: for thousands of rows, not for all images.
 */
export function leafOrder(vectors: readonly ArrayLike<number>[]): number[] {
  const n = vectors.length;
  if (n === 0) return [];
  const leaf = distances(vectors);
  const between = leaf.slice();
  const branches: number[][] = vectors.map((_, place) => [place]);
  const live = new Set(branches.keys());
  const nearest = branches.map((_, i) => nearestTo(between, n, i, live));
  while (live.size > 1) {
    const i = closest(live, nearest, between, n);
    const j = nearest[i];
    live.delete(j);
    join(between, n, [i, j], [branches[i].length, branches[j].length], live);
    branches[i] = turned(branches[i], branches[j], leaf, n);
    // Where neither was the nearest, the mean of two distances is no nearer.
    for (const k of live)
      if (k === i || nearest[k] === i || nearest[k] === j) nearest[k] = nearestTo(between, n, k, live);
  }
  const [root] = live;
  return branches[root];
}

/** Euclidean, [n, n]. */
function distances(vectors: readonly ArrayLike<number>[]): Float64Array {
  const n = vectors.length;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) out[i * n + j] = out[j * n + i] = distance(vectors[i], vectors[j]);
  }
  return out;
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

/** The branch nearest to branch i; i itself where it is alone. */
function nearestTo(between: Float64Array, n: number, i: number, live: ReadonlySet<number>): number {
  let best = i;
  for (const j of live) if (j !== i && (best === i || between[i * n + j] < between[i * n + best])) best = j;
  return best;
}

function closest(
  live: ReadonlySet<number>,
  nearest: readonly number[],
  between: Float64Array,
  n: number,
): number {
  let [best] = live;
  for (const i of live) if (between[i * n + nearest[i]] < between[best * n + nearest[best]]) best = i;
  return best;
}

/** Mean distances of branch i, now with j in it, to all others. */
function join(
  between: Float64Array,
  n: number,
  [i, j]: readonly [number, number],
  [m, k]: readonly [number, number],
  live: ReadonlySet<number>,
): void {
  for (const other of live) {
    if (other === i) continue;
    const mean = (m * between[i * n + other] + k * between[j * n + other]) / (m + k);
    between[i * n + other] = between[other * n + i] = mean;
  }
}

/** Two branches one after the other, each in the direction that brings their meeting ends nearest to each other. */
function turned(a: readonly number[], b: readonly number[], leaf: Float64Array, n: number): number[] {
  const both = [a, a.toReversed()].flatMap((first) => [b, b.toReversed()].map((second) => [first, second]));
  const gap = ([first, second]: (readonly number[])[]): number => leaf[first.at(-1)! * n + second[0]];
  return both.reduce((best, next) => (gap(next) < gap(best) ? next : best)).flat();
}
