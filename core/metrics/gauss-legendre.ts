/** Places and weights of a quadrature: the integral is about the sum of weight · value. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** The points of one piece, on -1 … 1; 16 integrate what is smooth over a unit of its scale to the last digits. */
const POINTS = 16;
const UNIT = legendre(POINTS);

/** Gauss–Legendre quadrature from `from` to `to` in so many equal pieces of 16 points. */
export function gaussLegendre(from: number, to: number, pieces: number): Quadrature {
  const half = (to - from) / pieces / 2;
  const nodes = new Float64Array(pieces * POINTS);
  const weights = new Float64Array(pieces * POINTS);
  for (let piece = 0; piece < pieces; piece++) {
    for (let i = 0; i < POINTS; i++) {
      nodes[piece * POINTS + i] = from + (2 * piece + 1 + UNIT.nodes[i]) * half;
      weights[piece * POINTS + i] = UNIT.weights[i] * half;
    }
  }
  return { nodes, weights };
}

/** Roots of the Legendre polynomial by Newton's method, and their weights. Source: Press et al., Numerical Recipes, 4.5. */
function legendre(n: number): Quadrature {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 20; step++) {
      let [last, value] = [0, 1];
      for (let k = 1; k <= n; k++) [last, value] = [value, ((2 * k - 1) * x * value - (k - 1) * last) / k];
      slope = (n * (x * value - last)) / (x * x - 1);
      x -= value / slope;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}
