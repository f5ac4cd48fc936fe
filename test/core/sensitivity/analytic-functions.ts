/** A function on the unit cube with known total indices. */
export interface AnalyticFunction {
  readonly name: string;
  readonly nInputs: number;
  readonly of: (x: ArrayLike<number>) => number;
  readonly totals: Float64Array;
}

/** Ishigami's function with a = 7, b = 0.1 of the first three of `nInputs` inputs (Ishigami and Homma 1990). */
export function ishigami(nInputs: number): AnalyticFunction {
  const [a, b] = [7, 0.1];
  const z = (u: number): number => Math.PI * (2 * u - 1);
  const v1 = (1 + (b * Math.PI ** 4) / 5) ** 2 / 2;
  const v2 = a ** 2 / 8;
  const v13 = b ** 2 * Math.PI ** 8 * (1 / 18 - 1 / 50);
  const totals = new Float64Array(nInputs);
  totals.set([v1 + v13, v2, v13].map((v) => v / (v1 + v2 + v13)));
  const of = (x: ArrayLike<number>): number =>
    Math.sin(z(x[0])) + a * Math.sin(z(x[1])) ** 2 + b * z(x[2]) ** 4 * Math.sin(z(x[0]));
  return { name: `Ishigami, r = ${nInputs}`, nInputs, of, totals };
}

/** Sobol's g-function, the product of (|4x - 2| + a) / (1 + a) (Saltelli and Sobol' 1995). */
export function gFunction(name: string, a: readonly number[]): AnalyticFunction {
  const v = a.map((ai) => 1 / (3 * (1 + ai) ** 2));
  const all = v.reduce((product, vi) => product * (1 + vi), 1);
  const totals = Float64Array.from(v, (vi) => (vi * all) / (1 + vi) / (all - 1));
  const of = (x: ArrayLike<number>): number =>
    a.reduce((product, ai, i) => (product * (Math.abs(4 * x[i] - 2) + ai)) / (1 + ai), 1);
  return { name: `${name}, r = ${a.length}`, nInputs: a.length, of, totals };
}

/** a = 0, 1, 4.5, 9, 99, 99 ...: few inputs matter. */
export const gFunctionA = (r: number): AnalyticFunction =>
  gFunction(
    'g-function A',
    Array.from({ length: r }, (_, i) => [0, 1, 4.5, 9][i] ?? 99),
  );

/** a evenly from 0 to 3: all inputs matter and interact. */
export const gFunctionB = (r: number): AnalyticFunction =>
  gFunction(
    'g-function B',
    Array.from({ length: r }, (_, i) => (3 * i) / (r - 1)),
  );
