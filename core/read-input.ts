import { TesseraError, type ErrorCode } from './errors.ts';
import type { Storage } from './platform.ts';

/**
 * Reads a file that a person named. That it cannot be read is a mistake in what was given, not a failure of the run,
 * so 'storage' becomes `code`, the kind of the file.
 */
export async function readInput(
  storage: Pick<Storage, 'readBytes'>,
  path: string,
  code: ErrorCode,
): Promise<Uint8Array> {
  try {
    return await storage.readBytes(path);
  } catch (error) {
    if (!(error instanceof TesseraError) || error.code !== 'storage') throw error;
    throw new TesseraError(code, error.message, {
      cause: error,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}
