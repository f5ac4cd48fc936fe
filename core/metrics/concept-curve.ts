import { invariant } from '../errors.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { createRandom } from '../random.ts';
import { rememberMasks, type MaskedLogitFn } from './masked-logit.ts';

/** Whether concepts are taken out of the full reconstruction or put into the empty one. */
export type CurveKind = 'deletion' | 'insertion';

/** Concept indices, the one to change first in front: a permutation of 0 … r-1. */
export type ConceptOrder = ArrayLike<number>;

/** What one image's logit does as concepts are changed one after another. Every curve is [r + 1], with the rest [r + 2]. */
export interface ImageCurves<Name extends string = string> {
  readonly kind: CurveKind;
  /** Is what no concept explains changed last, so that the curves reach the model's own logit? */
  readonly hasRest: boolean;
  /** One curve for each order that was asked for. */
  readonly named: Readonly<Record<Name, Float64Array>>;
  /** One curve for each random order. */
  readonly random: readonly Float64Array[];
}

/** Random orders beside the given ones. */
export interface CurveOptions {
  /** Number of random orders. @default 200 */
  readonly nRandom?: number;
  /**
   * Of the random orders. With the same seed every image gets the same ones, as it should when the named orders
   * are the same for all images too. @default 0
   */
  readonly seed?: number;
  /** `evaluate` takes masks [n, r + 1], the last for what no concept explains; it is changed last in every order. @default false */
  readonly hasRest?: boolean;
}

/**
 * Logits of one image while its concepts are removed (or inserted) in the named orders and in random ones.
 *
 * Shapes  orders of r concepts; entry k of a curve is the logit after k changes, k = 0 … r, or r + 1 with the rest.
 * All masks go to `evaluate` in one call, each distinct one once.
 * Throws  BugError for no order, and for one that is not a permutation of 0 … r-1, r > 0.
 */
export async function imageCurves<Name extends string>(
  kind: CurveKind,
  evaluate: MaskedLogitFn,
  orders: Readonly<Record<Name, ConceptOrder>>,
  { nRandom = 200, seed = 0, hasRest = false }: CurveOptions = {},
): Promise<ImageCurves<Name>> {
  const names = Object.keys(orders) as Name[];
  invariant(names.length > 0, 'imageCurves: needs at least one order');
  const r = orders[names[0]].length;
  for (const name of names) checkOrder(name, orders[name], r);
  const random = createRandom(seed);
  const all = [
    ...names.map((name) => orders[name]),
    ...Array.from({ length: nRandom }, () => random.permutation(r)),
  ];
  const players = r + Number(hasRest);
  const whole = hasRest ? all.map((order) => [...Array.from(order), r]) : all;
  const logits = await rememberMasks(evaluate)(masksAlong(whole, players, kind));
  const curves = all.map((_, i) => logits.slice(i * (players + 1), (i + 1) * (players + 1)));
  const named = Object.fromEntries(names.map((name, i) => [name, curves[i]])) as Record<Name, Float64Array>;
  return { kind, hasRest, named, random: curves.slice(names.length) };
}

/**
 * Area under a curve by the trapezoid rule, with its n points spread evenly over [0, 1] (n >= 2): the mean height.
 */
export function areaUnder(curve: Float64Array): number {
  const inner = curve.reduce((sum, height) => sum + height, 0) - (curve[0] + curve[curve.length - 1]) / 2;
  return inner / (curve.length - 1);
}

/** Masks [orders · (r + 1), r]: for each order of r players, 0 … r of them changed. */
function masksAlong(orders: readonly ConceptOrder[], r: number, kind: CurveKind): Matrix {
  const masks = matrix(orders.length * (r + 1), r);
  const changed = kind === 'insertion' ? 1 : 0;
  masks.data.fill(1 - changed);
  orders.forEach((order, i) => {
    for (let place = 0; place < r; place++) {
      for (let k = place + 1; k <= r; k++) masks.data[(i * (r + 1) + k) * r + order[place]] = changed;
    }
  });
  return masks;
}

function checkOrder(name: string, order: ConceptOrder, r: number): void {
  const concepts = Array.from(order);
  const isWhole = concepts.length > 0 && concepts.length === r;
  invariant(
    isWhole && concepts.toSorted((a, b) => a - b).every((concept, i) => concept === i),
    `imageCurves: order ${name} must be a permutation of 0 … ${r - 1}, got [${concepts.join(', ')}]`,
  );
}
