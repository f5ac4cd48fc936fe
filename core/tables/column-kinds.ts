import { parseDates } from './dates.ts';

/** What a column's values are; `text` are too many different ones to compare, `same` is one value, or none, everywhere. */
export type ColumnKind = 'number' | 'date' | 'category' | 'text' | 'same';

/** One column, with a value for each picture. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** [pictures] The number, days since 1970 of a date, or the place in `levels`; NaN where nothing is known. */
  readonly values: Float64Array;
  /** Of a category, and of any other kind that is not a number or date: its values, the most frequent first. */
  readonly levels: readonly string[];
  /** Pictures without a value. */
  readonly missing: number;
  /** What a person should know of how it was read. */
  readonly notice?: string;
}

/** What tables write for a value that is not known. */
const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-', '–', '?', '#n/a', '.', 'unknown']);
/** More levels than this, hardly any of them twice, are names or remarks. */
const FEW_LEVELS = 20;
/** Pictures that a level has on average, at least, where there are more levels. */
const PER_LEVEL = 3;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;
/** "007" names something. */
const CODE = /^[+-]?0\d/;

/**
 * Says what a column holds: numbers (with a decimal comma where that is allowed), dates, else categories. `cells` has a
 * text for each picture, undefined where it has no row. Numbers of which none begins with a zero that does not belong to
 * it, and of which there are at least three; two are a category.
 */
export function readColumn(
  name: string,
  cells: readonly (string | undefined)[],
  options: { readonly mayHaveDecimalComma: boolean },
): Column {
  const texts = cells.map((cell) => {
    const text = cell?.trim() ?? '';
    return MISSING.has(text.toLowerCase()) ? undefined : text;
  });
  const known = texts.filter((text) => text !== undefined);
  const missing = texts.length - known.length;
  const distinct = new Set(known);
  if (distinct.size > 2) {
    const numbers = asNumbers(known, options.mayHaveDecimalComma);
    if (numbers !== undefined)
      return { name, kind: 'number', values: placed(texts, numbers), levels: [], missing };
    const dates = parseDates(known);
    if (dates.status === 'read')
      return { name, kind: 'date', values: placed(texts, dates.days), levels: [], missing };
    const notice = dates.status === 'ambiguous' ? AMBIGUOUS : undefined;
    return { ...categories(name, texts), missing, ...(notice !== undefined && { notice }) };
  }
  return { ...categories(name, texts), missing };
}

const AMBIGUOUS =
  'Its dates may have the day or the month first, and nothing tells which: it was taken as categories. Write dates as 2024-12-31.';

function asNumbers(texts: readonly string[], mayHaveDecimalComma: boolean): number[] | undefined {
  if (texts.some((text) => CODE.test(text))) return undefined;
  if (texts.every((text) => NUMBER.test(text))) return finite(texts.map(Number));
  const isComma = (text: string): boolean => DECIMAL_COMMA.test(text) || /^[+-]?\d+$/.test(text);
  if (!mayHaveDecimalComma || !texts.every(isComma)) return undefined;
  return finite(texts.map((text) => Number(text.replace(',', '.'))));
}

function finite(numbers: number[]): number[] | undefined {
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

/** The values of what is known, in their places. */
function placed(texts: readonly (string | undefined)[], known: readonly number[]): Float64Array {
  let at = 0;
  return Float64Array.from(texts, (text) => (text === undefined ? NaN : known[at++]));
}

function categories(name: string, texts: readonly (string | undefined)[]): Omit<Column, 'missing'> {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  const levels = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([level]) => level);
  const place = new Map(levels.map((level, at) => [level, at]));
  const values = Float64Array.from(texts, (text) => (text === undefined ? NaN : place.get(text)!));
  const known = texts.filter((text) => text !== undefined).length;
  const isText = levels.length > FEW_LEVELS && known / levels.length < PER_LEVEL;
  const kind = levels.length < 2 ? 'same' : isText ? 'text' : 'category';
  return { name, kind, values, levels };
}
