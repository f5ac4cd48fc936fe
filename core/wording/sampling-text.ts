/** How total indices were computed: "exact", or the size of a design times its repetitions, as "N = 128 × 4". */
export function samplingText(importance: {
  readonly method: 'sampled' | 'exact';
  readonly samples: number;
  readonly replicates: number;
}): string {
  const { method, samples, replicates } = importance;
  return method === 'exact' ? 'exact' : `N\u00a0=\u00a0${samples}\u00a0×\u00a0${replicates}`;
}
