/** An image whose decision is another than before. */
interface ChangedDecision {
  readonly image: number;
  /** Classes, by index. */
  readonly before: number;
  readonly after: number;
}

/** How many images went from one class to another (or remained in it, where both are the same). */
interface Transition {
  readonly before: number;
  readonly after: number;
  readonly count: number;
}

/** How the decisions over a set of images differ between two states of a model. */
export interface DecisionChange {
  readonly images: number;
  readonly changed: readonly ChangedDecision[];
  /** Every pair of classes that occurs, the most frequent first: the confusion of before and after. */
  readonly transitions: readonly Transition[];
}

/** What became of the decisions of the same images; both lists are class indices by image. */
export function changeOfDecisions(before: readonly number[], after: readonly number[]): DecisionChange {
  const transitions = new Map<string, { before: number; after: number; count: number }>();
  before.forEach((from, image) => {
    const key = `${from} ${after[image]}`;
    const transition = transitions.get(key) ?? { before: from, after: after[image], count: 0 };
    transition.count++;
    transitions.set(key, transition);
  });
  return {
    images: before.length,
    changed: before.flatMap((from, image) =>
      from === after[image] ? [] : [{ image, before: from, after: after[image] }],
    ),
    transitions: [...transitions.values()].sort((a, b) => b.count - a.count),
  };
}
