import type { FigureChange } from '../../main/api/contract.ts';

/** Height of a row, in CSS pixels. */
export const COMPARED_ROW = 40;

/** One line of a chart of two runs: a share in either, or in one alone. */
export interface ComparedRow {
  readonly key: string;
  readonly name: string;
  readonly a?: number;
  readonly b?: number;
  readonly difference?: Pick<FigureChange, 'difference' | 'interval'>;
}

/** Largest share that the rows need, rounded up to a tenth; at least a tenth. */
export function largestShare(rows: readonly Pick<ComparedRow, 'a' | 'b'>[]): number {
  const most = Math.max(0, ...rows.flatMap(({ a, b }) => [a ?? 0, b ?? 0]));
  return Math.max(0.1, Math.ceil(10 * most) / 10);
}

/** Half the width that differences and their intervals need around zero, rounded up to a twentieth; at least that. */
export function largestDifference(rows: readonly Pick<ComparedRow, 'difference'>[]): number {
  const ends = rows.flatMap(({ difference }) =>
    difference === undefined ? [] : [difference.difference, ...(difference.interval ?? [])],
  );
  return Math.max(0.05, Math.ceil(20 * Math.max(0, ...ends.map(Math.abs))) / 20);
}
