/**
 * Orders of n things (row by row) in which each stands in each place equally often, and follows each other one equally often:
 * n rows for even n, 2 n for odd n.
 *
 * Source   Williams, Experimental designs balanced for the estimation of residual effects of treatments (1949).
 */
export function williamsSquare(n: number): number[][] {
  // 0, 1, n-1, 2, n-2, …: neighbours differ by every amount once.
  const first = Array.from({ length: n }, (_, at) => (at % 2 === 1 ? (at + 1) / 2 : (n - at / 2) % n));
  const rows = Array.from({ length: n }, (_, shift) => first.map((value) => (value + shift) % n));
  return n % 2 === 0 || n === 1 ? rows : [...rows, ...rows.map((row) => row.toReversed())];
}
