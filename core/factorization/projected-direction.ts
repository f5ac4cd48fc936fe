/** One step that was taken: how the point and its gradient changed. */
export interface StepPair {
  readonly moved: Float32Array;
  readonly bent: Float32Array;
}

/**
 * A descent direction from the last steps (L-BFGS, two-loop recursion) among the free variables; those that are held (1 in
 * `held`) stay. `scale`: a first guess of the curvature of each variable.
 *
 * Source  Nocedal & Wright 2006, Alg. 7.4; Bertsekas 1982 for holding variables at their bound.
 */
export function projectedDirection(
  gradient: Float32Array,
  held: Uint8Array,
  pairs: readonly StepPair[],
  scale: (variable: number) => number,
): Float64Array {
  const q = Float64Array.from(gradient, (value, i) => (held[i] ? 0 : value));
  const usable = pairs
    .map((pair) => ({ ...pair, curvature: freeProduct(pair.moved, pair.bent, held) }))
    .filter(({ curvature }) => curvature > 0);
  const shares = new Float64Array(usable.length);
  for (let at = usable.length - 1; at >= 0; at--) {
    const { moved, bent, curvature } = usable[at];
    shares[at] = freeProduct(moved, q, held) / curvature;
    for (let i = 0; i < q.length; i++) q[i] -= held[i] ? 0 : shares[at] * bent[i];
  }
  const last = usable.at(-1);
  let [along, total] = [1, 1];
  if (last) {
    along = last.curvature;
    total = last.bent.reduce((sum, value, i) => sum + (held[i] ? 0 : value ** 2 / scale(i)), 0);
  }
  for (let i = 0; i < q.length; i++) q[i] *= along / (total * scale(i));
  for (const [at, { moved, bent, curvature }] of usable.entries()) {
    const share = freeProduct(bent, q, held) / curvature;
    for (let i = 0; i < q.length; i++) q[i] += held[i] ? 0 : (shares[at] - share) * moved[i];
  }
  return q.map((value) => -value);
}

function freeProduct(a: Float32Array, b: Float32Array | Float64Array, held: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (held[i] === 0) sum += a[i] * b[i];
  return sum;
}
