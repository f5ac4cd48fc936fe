import type { FusedKind } from '../../../../core/implicit/compiled/fused-kinds.ts';
import { Doubles, storeDoubles } from '../wat/doubles.ts';
import { local, procedure, type Callable } from '../wat/functions.ts';
import { advance, increase } from '../wat/statements.ts';
import { I32 } from '../wat/values.ts';

/*
 * Maps of one, two or three arrays, number by number; what they do to NaN and to zeros is what
 * core/implicit/float64/elementwise-kernels.ts does.
 */

type Map3 = (a: Doubles, b: Doubles, c: Doubles) => Doubles;

const one = Doubles.of(1);
const { zero } = Doubles;
const truth = (mask: Doubles): Doubles => one.and(mask);

const maps: Readonly<Record<Exclude<FusedKind, 'spread'>, Map3>> = {
  Add: (a, b) => a.plus(b),
  Sub: (a, b) => a.minus(b),
  Multiply: (a, b) => a.times(b),
  RealDiv: (a, b) => a.dividedBy(b),
  Maximum: (a, b) => a.max(b),
  Minimum: (a, b) => a.min(b),
  SquaredDifference: (a, b) => {
    const gap = local(a.minus(b));
    return gap.times(gap);
  },
  Equal: (a, b) => truth(a.compared('eq', b)),
  NotEqual: (a, b) => truth(a.compared('ne', b)),
  Less: (a, b) => truth(a.compared('lt', b)),
  LessEqual: (a, b) => truth(a.compared('le', b)),
  Greater: (a, b) => truth(a.compared('gt', b)),
  GreaterEqual: (a, b) => truth(a.compared('ge', b)),
  Select: (condition, then, otherwise) => otherwise.where(condition.compared('eq', zero), then),
  Neg: (a) => a.negated(),
  Abs: (a) => a.absolute(),
  Sign: (a) => one.where(a.compared('gt', zero), Doubles.of(-1).where(a.compared('lt', zero), a)),
  Square: (a) => a.times(a),
  Sqrt: (a) => a.squareRoot(),
  Rsqrt: (a) => one.dividedBy(a.squareRoot()),
  Reciprocal: (a) => one.dividedBy(a),
  Relu: (a) => zero.where(a.compared('le', zero), a),
  Step: (a) => one.where(a.compared('gt', zero), zero.where(a.compared('le', zero), a)),
};

const FIVE = [I32, I32, I32, I32, I32] as const;

/** Fills `bytes` from an address on with the number at another. */
const spread = procedure('spread', FIVE, (to, a, _b, _c, bytes) => {
  const value = local(Doubles.splat(a));
  const end = local(to.plus(bytes));
  advance(to, end, 16, () => storeDoubles(to, value));
});

const mapOf = (label: string, map: Map3): Callable =>
  procedure(label, FIVE, (to, a, b, c, bytes) => {
    const end = local(to.plus(bytes));
    advance(to, end, 16, () => {
      // Operands that a map does not use are not read.
      const operands = [a, b, c].slice(0, map.length);
      const values = operands.map((at) => local(Doubles.load(at))) as unknown as [Doubles, Doubles, Doubles];
      storeDoubles(to, map(...values));
      for (const at of operands) increase(at, 16);
    });
  });

/** A procedure for every kind, of where to, three operands and the number of bytes, which are whole vectors. */
export const elementwise: Readonly<Record<FusedKind, Callable>> = {
  spread,
  ...(Object.fromEntries(Object.entries(maps).map(([name, map]) => [name, mapOf(name, map)])) as Record<
    Exclude<FusedKind, 'spread'>,
    Callable
  >),
};
