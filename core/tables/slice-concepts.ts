import { DISCOVERY_RATE, FEWEST_IMAGES } from '../metrics/drift.ts';
import { falseDiscoveryRates } from '../metrics/false-discovery.ts';
import { groupsTest, probabilityOfMore } from '../metrics/rank-tests.ts';
import type { ShareEstimate } from '../metrics/wilson.ts';

/** A concept of which a slice has more than the rest. */
export interface SliceConcept {
  readonly concept: number;
  /** Probability that an image of the slice has more of it than another. */
  readonly more: ShareEstimate;
  readonly q: number;
}

const EXCHANGES_PER_TEST = 100;

/**
 * The concepts that are more active in some slices than in other images, for each slice, the clearest first; undefined
 * where too few images on either side were explained. `isIn[slice][image]`: 1, 0, or 2 where nothing is known. False
 * discovery control over all slices and concepts.
 */
export function sliceConcepts(
  amounts: readonly ArrayLike<number>[],
  slices: readonly Uint8Array[],
  seed: number,
): (readonly SliceConcept[] | undefined)[] {
  const concepts = amounts[0]?.length ?? 0;
  const exchanges = EXCHANGES_PER_TEST * concepts * slices.length;
  const tested = slices.map((isIn) => {
    const rows = [...isIn.keys()].filter((row) => isIn[row] !== 2);
    const own = Uint8Array.from(rows, (row) => isIn[row]);
    const inside = own.reduce((sum, one) => sum + one, 0);
    if (Math.min(inside, rows.length - inside) < FEWEST_IMAGES) return undefined;
    return Array.from({ length: concepts }, (_, concept) => {
      const x = Float64Array.from(rows, (row) => amounts[row][concept]);
      const p = groupsTest(x, own, { exchanges, seed: seed + concept })?.p ?? NaN;
      return { concept, more: probabilityOfMore(x, own)!, p };
    });
  });
  const rates = falseDiscoveryRates(tested.flatMap((tests) => tests?.map(({ p }) => p) ?? []));
  let at = 0;
  return tested.map((tests) =>
    tests
      ?.map(({ concept, more }) => ({ concept, more, q: rates[at++] }))
      .filter(({ more, q }) => q <= DISCOVERY_RATE && more.value > 0.5)
      .sort((a, b) => b.more.value - a.more.value),
  );
}
