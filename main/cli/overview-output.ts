import { classOverview } from '../../core/concepts/class-overview.ts';
import type { Explanation } from '../../core/concepts/explanation.ts';

/** The stable fields of what the concepts of one bank are for each class; concepts by the names that a person gave. */
export function overviewJson(
  explanations: readonly Explanation[],
  conceptNames: Readonly<Record<string, string>>,
) {
  const { classes, concepts } = classOverview(explanations);
  const nameOf = new Map(explanations.map(({ classIndex, className }) => [classIndex, className]));
  const named = (index: number) => ({ index, name: nameOf.get(index) ?? String(index) });
  return {
    bank: explanations[0].factorization.shared?.bank ?? null,
    classes: classes.map(named),
    concepts: concepts.map(({ countsFor, ...concept }) => ({
      ...concept,
      name: conceptNames[concept.id] ?? concept.name,
      countsFor: countsFor.map(named),
    })),
  };
}
