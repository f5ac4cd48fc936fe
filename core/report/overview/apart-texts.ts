import { apartText } from '../../wording/merge-words.ts';
import type { ModelOverview } from './overview-data.ts';

/** What is said of each group that is merged but not shown so. */
export function apartTexts({
  apart,
  conceptNames,
  names,
}: Pick<ModelOverview, 'apart' | 'conceptNames' | 'names'>): string[] {
  return apart.map(({ group, classes }) =>
    apartText(
      group.map((id) => `"${conceptNames[id]}"`),
      classes.map((index) => names[index] ?? `class ${index}`),
    ),
  );
}
