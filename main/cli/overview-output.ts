import { classOverview } from '../../core/concepts/class-overview.ts';
import type { Explanation } from '../../core/concepts/explanation.ts';
import { percentText } from '../../core/wording/number-text.ts';
import { table } from './text-table.ts';

/** Columns of a table that a terminal shows without breaking lines. */
const MOST_CLASSES = 8;

/** The stable fields of what the concepts of one bank are for each class. */
export function overviewJson(explanations: readonly Explanation[]) {
  const { classes, concepts } = classOverview(explanations);
  const nameOf = new Map(explanations.map(({ classIndex, className }) => [classIndex, className]));
  const named = (index: number) => ({ index, name: nameOf.get(index) ?? String(index) });
  return {
    bank: explanations[0].factorization.shared?.bank ?? null,
    classes: classes.map(named),
    concepts: concepts.map(({ countsFor, ...concept }) => ({ ...concept, countsFor: countsFor.map(named) })),
  };
}

/** Which concepts count for which classes, as a table; of many classes those for which each counts. */
export function overviewText(explanations: readonly Explanation[]): string {
  const { classes, concepts } = overviewJson(explanations);
  const shared = concepts.filter(({ countsFor }) => countsFor.length > 1).length;
  const head = `The same concepts explain ${classes.length} classes; ${shared} of the ${concepts.length} that matter to any matter to several.`;
  const rows =
    classes.length <= MOST_CLASSES
      ? [
          ['concept', ...classes.map(({ name }) => name)],
          ...concepts.map(({ name, importance }) => [
            name,
            ...importance.map(({ mean }) => percentText(mean)),
          ]),
        ]
      : [
          ['concept', 'matters to'],
          ...concepts.map(({ name, countsFor }) => [name, countsFor.map((one) => one.name).join(', ')]),
        ];
  return [head, '', ...table(rows)].join('\n');
}
