/** What a cell of a table may be; of nothing, the cell is empty. */
export type CsvCell = string | number | null | undefined;

/** A spreadsheet takes a text that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Rows as comma-separated values (RFC 4180, with the line end given). Every table that Tessera writes goes through here:
 * a text that a spreadsheet would run as a formula is led by an apostrophe, numbers are left as they are.
 */
export function csvText(rows: readonly (readonly CsvCell[])[], lineEnd = '\n'): string {
  return rows.map((row) => row.map(cellText).join(',') + lineEnd).join('');
}

function cellText(cell: CsvCell): string {
  if (typeof cell !== 'string') return String(cell ?? '');
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
