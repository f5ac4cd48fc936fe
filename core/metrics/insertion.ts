import { imageCurves, type ConceptOrder, type CurveOptions, type ImageCurves } from './concept-curve.ts';
import type { MaskedLogitFn } from './masked-logit.ts';
import { compareOrders, type OrderComparison } from './order-comparison.ts';

/**
 * One image's share of {@link insertion}: its logit as concepts are added to an empty activation, most important
 * first. See {@link imageCurves} for shapes and errors.
 */
export function insertionOfImage<Name extends string>(
  evaluate: MaskedLogitFn,
  orders: Readonly<Record<Name, ConceptOrder>>,
  options: CurveOptions = {},
): Promise<ImageCurves<Name>> {
  return imageCurves('insertion', evaluate, orders, options);
}

/**
 * Concept insertion: how fast the class logit rises as concepts are added in a given order. The larger the area, the
 * better the order. See {@link compareOrders} for scores, intervals and degenerate input.
 */
export function insertion<Name extends string>(images: readonly ImageCurves<Name>[]): OrderComparison<Name> {
  return compareOrders(images);
}
