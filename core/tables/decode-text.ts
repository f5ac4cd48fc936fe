import { TesseraError } from '../errors.ts';

/** Larger files do not fit into one text. */
const MOST_BYTES = 4e8;

/** The text of a file, without its byte order mark, and how it was read where that had to be guessed. */
export interface DecodedText {
  readonly text: string;
  readonly notice?: string;
}

/**
 * Bytes as text: UTF-8, or UTF-16 where a byte order mark says so; what is neither is taken as Windows-1252, of which
 * Latin-1 is a part, and that is told. Throws TesseraError 'bad-table' for an empty file, one that is no text and one of
 * more than 400 MB.
 */
export function decodeText(bytes: Uint8Array, file: string): DecodedText {
  if (bytes.length > MOST_BYTES)
    throw new TesseraError(
      'bad-table',
      `${file} has ${Math.round(bytes.length / 1e6)} MB; at most 400 can be read.`,
      {
        hint: 'Leave out columns or rows that do not belong to the pictures.',
      },
    );
  const decoded = decode(bytes);
  if (decoded.text.includes('\0'))
    throw new TesseraError('bad-table', `${file} is no text: it holds zero bytes.`, {
      hint: 'Save the table as CSV in UTF-8 (in Excel: "CSV UTF-8").',
    });
  if (decoded.text.trim() === '')
    throw new TesseraError('bad-table', `${file} is empty.`, {
      hint: 'Give a table with a line of column names and a line for each picture.',
    });
  return decoded;
}

function decode(bytes: Uint8Array): DecodedText {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes) };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes) };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return {
      text: new TextDecoder('windows-1252').decode(bytes),
      notice:
        'It is not in UTF-8 and was read as Windows-1252 (Latin-1): look whether letters beyond a to z are right.',
    };
  }
}
