import { FEWEST_IMAGES } from '../metrics/drift.ts';
import { numberText } from '../wording/number-text.ts';
import type { Column } from './column-kinds.ts';
import { dayText } from './dates.ts';

/** Groups that numbers are put into. */
const GROUPS = 4;

/** A column as a few levels, to filter and to count by. */
export interface ColumnLevels {
  /** In words, in their order. */
  readonly levels: readonly string[];
  /** [pictures] The place of each picture's level; -1 where nothing is known. */
  readonly of: Int32Array;
}

/**
 * A column's values as levels: those of a category; numbers in four groups of about as many, or one by one where there
 * are few different ones; dates by year, or by month where that leaves one year. Undefined of texts and of a column that
 * is the same everywhere.
 */
export function columnLevels({ kind, values, levels }: Column): ColumnLevels | undefined {
  if (kind === 'category')
    return { levels, of: Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : value)) };
  if (kind === 'number') return numberLevels(values);
  return kind === 'date' ? dateLevels(values) : undefined;
}

function numberLevels(values: Float64Array): ColumnLevels {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = [...new Set(known)];
  if (distinct.length <= GROUPS + 2) {
    const place = new Map(distinct.map((value, at) => [value, at]));
    return {
      levels: distinct.map(numberText),
      of: Int32Array.from(values, (value) => place.get(value) ?? -1),
    };
  }
  const starts = [
    ...new Set(Array.from({ length: GROUPS }, (_, g) => known[Math.floor((g * known.length) / GROUPS)])),
  ];
  const groupOf = (value: number): number => starts.findLastIndex((start) => start <= value);
  const texts = starts.map((start, at) => {
    const last = known.findLast((value) => groupOf(value) === at)!;
    return start === last ? numberText(start) : `${numberText(start)} to ${numberText(last)}`;
  });
  return {
    levels: texts,
    of: Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : groupOf(value))),
  };
}

function dateLevels(values: Float64Array): ColumnLevels {
  const byYear = textLevels(values, (day) => dayText(day).slice(0, 4));
  const counts = new Map<number, number>();
  for (const level of byYear.of) if (level >= 0) counts.set(level, (counts.get(level) ?? 0) + 1);
  const large = [...counts.values()].filter((count) => count >= FEWEST_IMAGES);
  return large.length > 1 ? byYear : textLevels(values, (day) => dayText(day).slice(0, 7));
}

function textLevels(values: Float64Array, textOf: (value: number) => string): ColumnLevels {
  const texts = Array.from(values, (value) => (Number.isNaN(value) ? undefined : textOf(value)));
  const levels = [...new Set(texts.filter((text) => text !== undefined))].sort();
  const place = new Map(levels.map((level, at) => [level, at]));
  return { levels, of: Int32Array.from(texts, (text) => (text === undefined ? -1 : place.get(text)!)) };
}
