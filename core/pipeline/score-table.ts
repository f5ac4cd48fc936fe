import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import { isBeyond, type ScoredRun } from './score-run.ts';

/** Scored images as a table: a header and a row a picture, as text. No cell begins as a formula would. */
export function scoreTable(scored: Pick<ScoredRun, 'concepts' | 'images' | 'mostRest'>): string[][] {
  const { concepts, images } = scored;
  const columns = concepts.map(({ id }) => rowOfId(id));
  const header = [
    ...['file', 'predicted', 'probability', 'score', 'rest', 'unknown_to_the_concepts'],
    ...concepts.map(({ name }) => `amount of ${name}`),
    ...concepts.map(({ name }) => `contribution of ${name}`),
  ];
  const rows = images.map(({ file, predicted, score, rest, amounts, contributions }) => {
    const isUnknown = isBeyond(rest, scored);
    return [
      ...[file, predicted.name, predicted.probability, score, rest],
      isUnknown === null ? undefined : isUnknown ? 'yes' : 'no',
      ...columns.map((column) => amounts[column]),
      ...columns.map((column) => contributions[column]),
    ];
  });
  return [header, ...rows.map((row) => row.map(cellOf))];
}

/** A spreadsheet takes a text that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cellOf(value: string | number | undefined): string {
  if (typeof value !== 'string') return String(value ?? '');
  return FORMULA.test(value) ? `'${value}` : value;
}
