/**
 * A stream of uniform numbers in (0, 1), 53 bits, open at both ends so that their logarithms are finite. The same seed gives
 * the same stream on every machine; no other stream is touched. xoshiro128** (Blackman & Vigna 2021), its state filled by
 * splitmix32. Not for secrets.
 */
export function uniformStream(seed: number): () => number {
  let filling = seed | 0;
  const fill = (): number => {
    filling = (filling + 0x9e3779b9) | 0;
    let mixed = Math.imul(filling ^ (filling >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  const state = Int32Array.from({ length: 4 }, fill);
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9);
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11);
    return result >>> 0;
  };
  return () => ((next() >>> 5) * 0x4000000 + (next() >>> 6) + 0.5) / 2 ** 53;
}
