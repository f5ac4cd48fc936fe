/** A kernel density over [0, maximum], scaled so that its peak is 1. */
export type Density = readonly { readonly at: number; readonly height: number }[];

/**
 * Gaussian kernel density of non-negative values with Silverman's bandwidth, reflected at zero so that no mass lies
 * below it (Silverman 1986, 3.4.2 and 2.10). Values all alike give one narrow peak; none gives an empty curve.
 */
export function density(values: readonly number[], maximum: number, points = 64): Density {
  if (values.length === 0 || maximum <= 0) return [];
  const width = bandwidth(values, maximum);
  const kernel = (distance: number): number => Math.exp(-0.5 * (distance / width) ** 2);
  const raw = Array.from({ length: points }, (_, i) => {
    const at = (i / (points - 1)) * maximum;
    const height = values.reduce((sum, value) => sum + kernel(at - value) + kernel(at + value), 0);
    return { at, height };
  });
  const peak = Math.max(...raw.map(({ height }) => height));
  return raw.map(({ at, height }) => ({ at, height: peak > 0 ? height / peak : 0 }));
}

function bandwidth(values: readonly number[], maximum: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return Math.max(0.9 * spread * values.length ** -0.2, maximum / 60);
}
