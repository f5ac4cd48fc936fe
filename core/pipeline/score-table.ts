import type { CsvCell } from '../wording/csv.ts';
import { isBeyond, type ScoredRun } from './score-run.ts';

/** Scored images as a table: a header and a row a picture. */
export function scoreTable(scored: Pick<ScoredRun, 'concepts' | 'images' | 'mostRest'>): CsvCell[][] {
  const { concepts, images } = scored;
  const columns = concepts.map(({ column }) => column);
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
  return [header, ...rows];
}
