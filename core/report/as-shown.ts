import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { Concept, Estimate, Explanation } from '../concepts/explanation.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { hasInterval } from '../wording/number-text.ts';

/**
 * An explanation with the intervals and tiers that people are shown, in the window, the report and the command line alike.
 *
 * Where the check found how far concepts move from sample to sample of the images, the interval of an importance has that
 * in it, and concepts whose wider intervals overlap with that of the first of a tier join it. Where no concept has an
 * interval, as over one image or copies of one, nothing is told apart: one tier. Applied twice it changes nothing more.
 */
export function asShown<Of extends Explanation>(explanation: Of, evaluation: Evaluation | undefined): Of {
  const widened = explanation.concepts.map((concept) => ({
    ...concept,
    importance: sampledInterval(concept, evaluation) ?? concept.importance,
  }));
  if (explanation.images.length < 2 || !widened.some(({ importance }) => hasInterval(importance)))
    return { ...explanation, concepts: widened.map((concept) => ({ ...concept, tier: 0 })) };
  const isSampled = explanation.concepts.some((concept) => sampledInterval(concept, evaluation));
  return { ...explanation, concepts: isSampled ? withTiers(widened) : widened };
}

/** The interval of a concept's importance with its own movement in it, never narrower than without; absent where unknown. */
export function sampledInterval(
  { id, importance, merged }: Pick<Concept, 'id' | 'importance' | 'merged'>,
  evaluation: Evaluation | undefined,
): Estimate | undefined {
  // The check is of concepts by themselves.
  const sampled = merged ? undefined : evaluation?.influence?.concepts.at(rowOfId(id))?.importance;
  if (sampled === undefined || !hasInterval(importance)) return undefined;
  return {
    mean: importance.mean,
    low: Math.min(importance.low, sampled.low),
    high: Math.max(importance.high, sampled.high),
  };
}

/** A concept begins a tier where it was told apart from the first of the one before and lies wholly below it. */
function withTiers(concepts: readonly Concept[]): Concept[] {
  let [leader] = concepts;
  let tier = 0;
  return concepts.map((concept) => {
    if (concept.tier !== leader.tier && concept.importance.high < leader.importance.low) {
      leader = concept;
      tier++;
    }
    return { ...concept, tier };
  });
}
