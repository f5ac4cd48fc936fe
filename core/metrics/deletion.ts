import { imageCurves, type ConceptOrder, type CurveOptions, type ImageCurves } from './concept-curve.ts';
import type { MaskedLogitFn } from './masked-logit.ts';
import { compareOrders, type OrderComparison } from './order-comparison.ts';

/**
 * One image's share of {@link deletion}: its logit as concepts are set to zero, most important first. See
 * {@link imageCurves} for shapes and errors.
 */
export function deletionOfImage<Name extends string>(
  evaluate: MaskedLogitFn,
  orders: Readonly<Record<Name, ConceptOrder>>,
  options: CurveOptions = {},
): Promise<ImageCurves<Name>> {
  return imageCurves('deletion', evaluate, orders, options);
}

/**
 * Concept deletion: how fast the class logit falls as concepts are removed from the reconstruction in a given
 * order. The smaller the area, the better the order; without interactions between concepts it ranges about 1/2
 * symmetrically. See {@link compareOrders} for scores, intervals and degenerate input.
 */
export function deletion<Name extends string>(images: readonly ImageCurves<Name>[]): OrderComparison<Name> {
  return compareOrders(images);
}
