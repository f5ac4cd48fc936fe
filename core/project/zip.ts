import { zipSync, type Zippable } from 'fflate';
import { TesseraError } from '../errors.ts';

/** More than this a ZIP file without 64-bit places does not hold. */
const LARGEST = 2 ** 31;
/** Files that are packed already, or whose numbers do not pack. */
const PACKED = /\.(onnx|npz|safetensors|zip|png|jpe?g)$/i;

/**
 * Files as one ZIP file, names with slashes, in the given order; equal files give equal bytes.
 *
 * Throws TesseraError 'storage' where they are more than 2 GiB together.
 */
export function encodeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  let bytes = 0;
  for (const content of files.values()) bytes += content.length;
  if (bytes > LARGEST) {
    throw new TesseraError(
      'storage',
      `The files are ${(bytes / 2 ** 30).toFixed(1)} GiB together; one ZIP file holds 2 GiB.`,
      { hint: 'The folder is whole: pack it with a program for large archives.' },
    );
  }
  const entries: Zippable = {};
  for (const [name, content] of files)
    entries[name] = [content, { level: PACKED.test(name) ? 0 : 6, mtime: FIRST_DAY }];
  return zipSync(entries);
}

/** The first day that the format knows. */
const FIRST_DAY = new Date(1980, 0, 1);
