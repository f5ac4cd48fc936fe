import { writeFile } from 'node:fs/promises';
import { TesseraError } from '../../core/errors.ts';
import { csvText, type CsvCell } from '../../core/wording/csv.ts';

/** Writes rows as comma-separated values, no cell of which is a formula. Throws TesseraError 'storage' where the file cannot be written. */
export async function writeCsv(file: string, rows: readonly (readonly CsvCell[])[]): Promise<void> {
  try {
    await writeFile(file, csvText(rows));
  } catch (error) {
    throw new TesseraError(
      'storage',
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: 'Choose another place for the table.',
        cause: error,
      },
    );
  }
}
