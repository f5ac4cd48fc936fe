import Papa from 'papaparse';
import { TesseraError } from '../errors.ts';
import { decodeText } from './decode-text.ts';

/** Rows of a table, as texts, read as often as is asked for. */
export interface TableSource {
  readonly columns: readonly string[];
  /** What was found on the way to the columns. */
  readonly notices: readonly string[];
  /** May a number have a decimal comma? Not where commas part the columns. */
  readonly mayHaveDecimalComma: boolean;
  /** Calls back for every row below the names, in its order; `cells` has one text for each column. */
  readonly eachRow: (take: (cells: readonly string[], row: number) => void) => RowFaults;
}

/** Rows whose number of cells is not that of the columns. */
export interface RowFaults {
  readonly rows: number;
  readonly uneven: number;
  /** Number of the first one, as in the file: the names stand in row 1. */
  readonly firstUneven?: number;
}

const SEPARATORS = [',', ';', '\t'] as const;

/**
 * Opens a table: CSV or TSV with a first line of names (comma, semicolon or tab; quotes as in RFC 4180), a JSON array of
 * records, or one JSON record a line. Throws TesseraError 'bad-table' for what is none of these.
 */
export function openTable(bytes: Uint8Array, file: string): TableSource {
  const { text, notice } = decodeText(bytes, file);
  const source = /^\s*[[{]/.test(text.slice(0, 1000)) ? openRecords(text, file) : openLines(text, file);
  return { ...source, notices: [...(notice === undefined ? [] : [notice]), ...source.notices] };
}

function openLines(whole: string, file: string): TableSource {
  const lines = whole.replace(/^(?: *(?:\r\n|\r|\n))+/, '');
  const told = /^sep=(.)(?:\r\n|\r|\n)/i.exec(lines);
  const text = told === null ? lines : lines.slice(told[0].length);
  const { data: head, meta } = headOf(text, told?.[1]);
  const { columns, notices } = namedColumns(
    head.map((name) => name.trim()),
    file,
  );
  return {
    columns,
    notices,
    mayHaveDecimalComma: meta.delimiter !== ',',
    eachRow: (take) => {
      let [rows, uneven] = [-1, 0];
      let firstUneven: number | undefined;
      Papa.parse(text, {
        delimiter: meta.delimiter,
        skipEmptyLines: 'greedy',
        step: ({ data, errors }) => {
          rows++;
          const [fault] = errors.filter(({ type }) => type === 'Quotes');
          if (fault !== undefined) throw badQuotes(file, rows + 1, fault.code);
          if (rows === 0) return;
          if (data.length !== columns.length) {
            uneven++;
            firstUneven ??= rows + 1;
          }
          take(data.length === columns.length ? data : columns.map((_, at) => data[at] ?? ''), rows - 1);
        },
      });
      return { rows, uneven, ...(firstUneven !== undefined && { firstUneven }) };
    },
  };
}

/** The line of names, by the separator that parts it into most names. */
function headOf(text: string, told: string | undefined) {
  const heads = (told === undefined ? SEPARATORS : [told]).map((delimiter) => {
    let head: readonly string[] = [];
    Papa.parse(text, {
      delimiter,
      preview: 1,
      skipEmptyLines: 'greedy',
      step: ({ data }) => (head = data),
    });
    return { data: head, meta: { delimiter } };
  });
  return heads.reduce((best, head) => (head.data.length > best.data.length ? head : best));
}

function badQuotes(file: string, row: number, code: string): TesseraError {
  const what = code === 'MissingQuotes' ? 'is not closed' : 'is followed by other text';
  return new TesseraError('bad-table', `${file}: a quotation mark in row ${row} ${what}.`, {
    hint: 'Write a quotation mark inside a quoted cell twice, and save the table again.',
  });
}

/** Names for columns without one, and different names for those of the same. */
function namedColumns(names: readonly string[], file: string) {
  const seen = new Map<string, number>();
  const columns = names.map((name, at) => {
    const own = name === '' ? `column ${at + 1}` : name;
    const count = (seen.get(own) ?? 0) + 1;
    seen.set(own, count);
    return count === 1 ? own : `${own} (${count})`;
  });
  if (columns.length < 2)
    throw new TesseraError('bad-table', `${file} has one column only, "${columns[0] ?? ''}".`, {
      hint: 'Part the columns by commas, semicolons or tabs: one column names the pictures, the others say something of them.',
    });
  const doubled = [...seen].filter(([, count]) => count > 1).map(([name]) => `"${name}"`);
  const notices =
    doubled.length > 0
      ? [`Several columns are called ${doubled.join(', ')}; the later ones have a number behind the name.`]
      : [];
  return { columns, notices };
}

function openRecords(text: string, file: string): TableSource {
  const records = parseRecords(text, file);
  const names = new Set<string>();
  const nested = new Set<string>();
  for (const record of records) {
    for (const [name, value] of Object.entries(record)) {
      if (typeof value === 'object' && value !== null) nested.add(name);
      else names.add(name);
    }
  }
  const { columns } = namedColumns([...names], file);
  const keys = [...names];
  return {
    columns,
    notices:
      nested.size > 0
        ? [`Lists and records inside a record are left out: ${[...nested].slice(0, 5).join(', ')}.`]
        : [],
    mayHaveDecimalComma: false,
    eachRow: (take) => {
      records.forEach((record, row) =>
        take(
          keys.map((key) => cellText(record[key])),
          row,
        ),
      );
      return { rows: records.length, uneven: 0 };
    },
  };
}

function cellText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

type Row = Readonly<Record<string, unknown>>;

function parseRecords(text: string, file: string): readonly Row[] {
  const parsed = text.trimStart().startsWith('[') ? parseJson(text, file, '') : parseJsonLines(text, file);
  const rows = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  const wrong = rows.findIndex((row) => typeof row !== 'object' || row === null || Array.isArray(row));
  if (rows.length > 0 && wrong === -1) return rows as Row[];
  throw new TesseraError(
    'bad-table',
    rows.length === 0
      ? `${file} holds no records.`
      : `${file}: entry ${wrong + 1} is no record of names and values.`,
    { hint: 'Expected: [{"file": "a.jpg", "camera": "A"}, …], or one such record a line.' },
  );
}

function parseJsonLines(text: string, file: string): unknown {
  const lines = text.split(/\r\n|\r|\n/);
  const records: unknown[] = [];
  lines.forEach((line, at) => {
    if (line.trim() !== '') records.push(parseJson(line, file, ` in line ${at + 1}`));
  });
  return records;
}

function parseJson(text: string, file: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TesseraError('bad-table', `${file} is not valid JSON${where}: ${why}.`, {
      hint: 'Expected: [{"file": "a.jpg", "camera": "A"}, …], or one such record a line.',
      cause,
    });
  }
}
