import type { LineChart } from './line-chart.ts';
import type { PackingFigure } from './packing-figure.ts';
import type { PictureGrid } from './picture-grid.ts';

/** What an experiment may ask of its surroundings. */
export interface ExperimentContext {
  /** Milliseconds of processor time from any origin. */
  readonly now: () => number;
  readonly seed: number;
  /** Shrinks the problem for a smoke test. @default 1 */
  readonly scale?: number;
}

/** Curves, pictures in a grid, or particles with arrows. */
export type Figure =
  | ({ readonly kind: 'chart' } & LineChart)
  | ({ readonly kind: 'pictures' } & PictureGrid)
  | ({ readonly kind: 'packing' } & PackingFigure);

/** The table of an experiment, what to see in it, and its figures. */
export interface ExperimentResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Sentences on what to look at. */
  readonly notes: readonly string[];
  readonly figures: readonly Figure[];
}

/** One experiment of the paper, runnable by name on the active backend. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** What the paper did and found (Blondel et al. 2022), in words, and what is different here. */
  readonly inPaper: string;
  /** Where the data come from, a sentence each; none if they are made. */
  readonly sources: readonly string[];
  /** 'float64': compares with small differences, or solves to tolerances, that 32 bits do not reach. */
  readonly precision: 'any' | 'float64';
  readonly run: (context: ExperimentContext) => ExperimentResult;
}

/** A cell as a table shows it: numbers to four significant digits. */
export function cellText(cell: string | number): string {
  if (typeof cell === 'string' || Number.isInteger(cell)) return String(cell);
  return Math.abs(cell) >= 1e-3 && Math.abs(cell) < 1e6
    ? String(Number(cell.toPrecision(4)))
    : cell.toExponential(3);
}

/** A table with aligned columns; numbers to four significant digits. */
export function formatTable({ columns, rows }: Pick<ExperimentResult, 'columns' | 'rows'>): string {
  const table = [columns, ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, c) => Math.max(...table.map((row) => String(row[c]).length)));
  return table.map((row) => row.map((cell, c) => String(cell).padStart(widths[c])).join('  ')).join('\n');
}
