import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { decodeText } from '../tables/decode-text.ts';
import type { MarkedPicture } from '../tables/objects/marked-picture.ts';
import { readCoco } from '../tables/objects/read-coco.ts';
import { readVoc } from '../tables/objects/read-voc.ts';

/** Boxes or masks as they were given. */
export interface Marks {
  /** Name of the file or folder. */
  readonly file: string;
  readonly pictures: readonly MarkedPicture[];
  /** Files of a folder that could not be read, with the reason; they are left out. */
  readonly unread: readonly string[];
}

const HINT = 'Give a COCO file (.json), or a folder of Pascal VOC annotations (.xml).';

/**
 * Reads boxes or masks: a COCO file, a file of Pascal VOC, or a folder of these. What cannot be read in a folder is told and
 * left out. Throws TesseraError 'bad-table' where nothing can be read, and 'storage'.
 */
export async function readMarks(storage: Storage, path: string): Promise<Marks> {
  const file = storage.basename(path);
  const entries = await storage.list(path).catch(() => undefined);
  if (entries === undefined) {
    const { text } = decodeText(await storage.readBytes(path), file);
    const pictures = /\.xml$/i.test(file) ? [readVoc(text, file)] : readCoco(jsonOf(text, file), file);
    return { file, pictures, unread: [] };
  }
  const names = entries.filter(({ name, kind }) => kind === 'file' && /\.xml$/i.test(name));
  if (names.length === 0) throw new TesseraError('bad-table', `${path} holds no .xml file.`, { hint: HINT });
  const pictures: MarkedPicture[] = [];
  const faults: TesseraError[] = [];
  for (const { name } of names) {
    try {
      const { text } = decodeText(await storage.readBytes(storage.join(path, name)), name);
      pictures.push(readVoc(text, name));
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
      faults.push(error);
    }
  }
  if (pictures.length === 0) throw faults[0];
  return { file, pictures, unread: faults.map(({ message }) => message) };
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TesseraError('bad-table', `${file} is not valid JSON.`, { hint: HINT, cause });
  }
}
