import { leafOrder } from '../metrics/leaf-order.ts';
import type { Estimate, Explanation } from './explanation.ts';

/** From this importance on a concept counts for a class: what the clearest charts still show. */
const COUNTS_FROM = 0.05;

/** What the concepts of one bank are for each of several classes. */
export interface ClassOverview {
  /** Indices of the classes, those that rest on the same concepts beside each other. */
  readonly classes: readonly number[];
  /** Concepts that count for any class, in the order of the classes for which they count most. */
  readonly concepts: readonly OverviewConcept[];
}

export interface OverviewConcept {
  /** Id in the bank, the same in the runs of all classes. */
  readonly id: string;
  readonly name: string;
  /** In the order of `classes`. */
  readonly importance: readonly Estimate[];
  /** Indices of the classes for which it counts, the one for which it counts most first. */
  readonly countsFor: readonly number[];
}

/**
 * Lays the explanations of several classes with one bank beside each other: importance of every concept for every class.
 * Left out are concepts that count for no class (importance below {@link COUNTS_FROM} in all).
 */
export function classOverview(explanations: readonly Explanation[]): ClassOverview {
  const ids = [...new Set(explanations.flatMap(({ concepts }) => concepts.map(({ id }) => id)))];
  const known = new Map(
    explanations.map((one) => [one, new Map(one.concepts.map((concept) => [concept.id, concept]))]),
  );
  const counting = ids.filter((id) =>
    explanations.some((one) => (known.get(one)!.get(id)?.importance.mean ?? 0) >= COUNTS_FROM),
  );
  const meanOf = (one: Explanation, id: string): number => known.get(one)!.get(id)?.importance.mean ?? 0;
  const classOrder = leafOrder(explanations.map((one) => counting.map((id) => meanOf(one, id))));
  const ordered = classOrder.map((place) => explanations[place]);
  // In the order of the classes for which they count most, so that the table has a diagonal.
  const placeOf = (id: string): number => largestAt(ordered.map((one) => meanOf(one, id)));
  const most = (id: string): number => meanOf(ordered[placeOf(id)], id);
  const sorted = [...counting].sort((a, b) => placeOf(a) - placeOf(b) || most(b) - most(a));
  return {
    classes: ordered.map(({ classIndex }) => classIndex),
    concepts: sorted.map((id) => {
      const own = ordered.map((one) => known.get(one)!.get(id));
      return {
        id,
        name: own.find((concept) => concept !== undefined)!.name,
        importance: own.map((concept) => concept?.importance ?? { mean: 0, low: 0, high: 0 }),
        countsFor: ordered
          .filter((one) => meanOf(one, id) >= COUNTS_FROM)
          .sort((a, b) => meanOf(b, id) - meanOf(a, id))
          .map(({ classIndex }) => classIndex),
      };
    }),
  };
}

function largestAt(values: readonly number[]): number {
  return values.reduce((best, value, at) => (value > values[best] ? at : best), 0);
}
