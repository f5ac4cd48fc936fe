/** Euclidean norm. */
export function norm(v: Float64Array): number {
  return Math.hypot(...v);
}

/** a - b. */
export function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]);
}
