/**
 * Mean silhouette of a partition of n points, -1…1: how much nearer each is to its own group than to the nearest other.
 * Undefined with fewer than two groups. A point alone in its group counts 0.
 *
 * Shapes   distances [n, n] row-major, labels [n] from 0.
 * Source   Rousseeuw 1987, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis".
 */
export function meanSilhouette(distances: Float32Array, labels: Int32Array): number | undefined {
  const n = labels.length;
  const groups = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  const sizes = new Float64Array(groups);
  for (const label of labels) sizes[label]++;
  if (sizes.filter((size) => size > 0).length < 2) return undefined;
  const sums = new Float64Array(groups);
  let total = 0;
  for (let i = 0; i < n; i++) {
    sums.fill(0);
    for (let j = 0; j < n; j++) sums[labels[j]] += distances[i * n + j];
    total += silhouetteOf(sums, sizes, labels[i]);
  }
  return total / n;
}

function silhouetteOf(sums: Float64Array, sizes: Float64Array, own: number): number {
  if (sizes[own] < 2) return 0;
  const inside = sums[own] / (sizes[own] - 1);
  let outside = Infinity;
  sums.forEach((sum, group) => {
    if (group !== own && sizes[group] > 0) outside = Math.min(outside, sum / sizes[group]);
  });
  const wider = Math.max(inside, outside);
  return wider > 0 ? (outside - inside) / wider : 0;
}
