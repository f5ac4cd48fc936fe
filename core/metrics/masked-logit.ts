import { invariant } from '../errors.ts';
import { rowView, takeRows, type Matrix } from '../linalg/matrix.ts';

/**
 * The class logit of one image as a function of its concepts: masks [n, r] in, n logits out. A row of ones is the full
 * reconstruction UW, a row of zeros an activation without any concept.
 */
export type MaskedLogitFn = (masks: Matrix) => Promise<Float64Array>;

/** Logits come from float32 graphs: a difference below this share of their size is rounding, not an effect. */
const ROUNDING = 2 ** -20;

/** Is |difference| no more than float32 rounding of logits of size `largest`? */
export function isRounding(difference: number, largest: number): boolean {
  return Math.abs(difference) <= ROUNDING * largest;
}

/** Are all logits the same up to float32 rounding? True for none. */
export function isConstantLogit(logits: Float64Array): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (const logit of logits) [low, high] = [Math.min(low, logit), Math.max(high, logit)];
  return logits.length === 0 || isRounding(high - low, Math.max(Math.abs(low), Math.abs(high)));
}

/**
 * The same function, which never computes a mask twice, within a call or over calls. Curves of many orders share
 * most of their masks: r concepts have 2^r subsets at most. Wrapped once, an image serves several metrics.
 *
 * Throws BugError when the function gives another number of logits than it was given masks. Keeps every logit.
 */
export function rememberMasks(evaluate: MaskedLogitFn): MaskedLogitFn {
  const known = new Map<string, number>();
  return async (masks) => {
    const keys = Array.from({ length: masks.rows }, (_, row) => rowView(masks, row).join());
    const fresh = new Map<string, number>();
    keys.forEach((key, row) => {
      if (!known.has(key) && !fresh.has(key)) fresh.set(key, row);
    });
    if (fresh.size > 0) {
      const logits = await evaluate(takeRows(masks, [...fresh.values()]));
      invariant(
        logits.length === fresh.size,
        `rememberMasks: ${logits.length} logits for ${fresh.size} masks`,
      );
      [...fresh.keys()].forEach((key, place) => known.set(key, logits[place]));
    }
    return Float64Array.from(keys, (key) => known.get(key)!);
  };
}
