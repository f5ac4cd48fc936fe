/**
 * An order in which vectors that are alike stand beside each other: the leaves of an agglomerative clustering (average
 * linkage, UPGMA), each branch turned so that what it begins with is nearest to what stands before it.
 *
 * Shapes   vectors: n of one length; returns the n places in their new order.
 * Source   Sokal & Michener 1958 (average linkage); Gruvaeus & Wainer 1972 (turning branches).
 * Limits   n³ steps: for hundreds of rows, not for images.
 */
export function leafOrder(vectors: readonly ArrayLike<number>[]): number[] {
  if (vectors.length === 0) return [];
  const distances = vectors.map((a) => vectors.map((b) => distance(a, b)));
  let clusters = vectors.map((_, place) => [place]);
  while (clusters.length > 1) {
    const [i, j] = nearestPair(clusters, distances);
    const joined = turned(clusters[i], clusters[j], distances);
    clusters = [...clusters.filter((_, at) => at !== i && at !== j), joined];
  }
  return clusters[0];
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

type Clusters = readonly (readonly number[])[];
type Distances = readonly (readonly number[])[];

function nearestPair(clusters: Clusters, distances: Distances): [number, number] {
  let best: { pair: [number, number]; mean: number } = { pair: [0, 1], mean: Infinity };
  for (let i = 0; i < clusters.length; i++) {
    for (let j = i + 1; j < clusters.length; j++) {
      let sum = 0;
      for (const a of clusters[i]) for (const b of clusters[j]) sum += distances[a][b];
      const mean = sum / (clusters[i].length * clusters[j].length);
      if (mean < best.mean) best = { pair: [i, j], mean };
    }
  }
  return best.pair;
}

/** Two branches one after the other, each in the direction that brings their meeting ends nearest to each other. */
function turned(a: readonly number[], b: readonly number[], distances: Distances): number[] {
  const both = [a, a.toReversed()].flatMap((first) => [b, b.toReversed()].map((second) => [first, second]));
  const gap = ([first, second]: (readonly number[])[]): number => distances[first.at(-1)!][second[0]];
  return both.reduce((best, next) => (gap(next) < gap(best) ? next : best)).flat();
}
