import { writeFile } from 'node:fs/promises';
import { csvFormatRows } from 'd3';
import { TesseraError } from '../../core/errors.ts';

/** Writes rows of text as comma-separated values. Throws TesseraError 'storage' where the file cannot be written. */
export async function writeCsv(file: string, rows: string[][]): Promise<void> {
  try {
    await writeFile(file, `${csvFormatRows(rows)}\n`);
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
