/** A seeded stream of random numbers; the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** A permutation of 0 … n-1. */
  permutation(n: number): Int32Array;
}

/**
 * sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, PractRand): 128 bits of state, period ≥ 2³².
 * Normals by the polar method (Marsaglia & Bray 1964). Not for secrets.
 */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9 | 0;
  let b = 0x243f6a88 | 0;
  let c = (seed | 0) ^ 0x6a09e667;
  let counter = 1;
  let spare: number | undefined;

  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return t >>> 0;
  };
  for (let warmUp = 0; warmUp < 16; warmUp++) next();

  const uniform = (): number => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 2 ** 53;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s === 0 || s >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * scale;
      return u * scale;
    }
  };
  const integer = (n: number): number => Math.floor(uniform() * n);
  const permutation = (n: number): Int32Array => {
    const order = Int32Array.from({ length: n }, (_, index) => index);
    for (let i = n - 1; i > 0; i--) {
      const j = integer(i + 1);
      const swapped = order[i];
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  };
  return { uniform, normal, integer, permutation };
}
