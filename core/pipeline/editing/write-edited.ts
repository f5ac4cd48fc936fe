import { EDIT_KEY } from '../../editing/edit-model.ts';
import { TesseraError } from '../../errors.ts';
import { loadModel, type ModelFile } from '../../onnx/load-model.ts';
import type { Storage } from '../../platform.ts';

/** Where an edited model may be written, found out before anything is computed. */
export interface EditTarget {
  readonly path: string;
  /** Files of external data that have to lie beside it, from where to where. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
}

const choose = (message: string, hint: string): TesseraError =>
  new TesseraError('bad-usage', message, { hint, options: ['out'] });

/**
 * Where an edited model goes: never onto the original, nor onto a file that is no edited model. External data stays where it
 * is when the target lies beside the original; else it is copied.
 *
 * Throws TesseraError 'bad-usage' for a place that cannot be, 'storage' where the folder is not there.
 */
export async function editTarget(
  storage: Storage,
  { path: original, locations }: Pick<ModelFile, 'path' | 'locations'>,
  out: string,
): Promise<EditTarget> {
  const path = storage.resolve(out);
  if (!/\.onnx$/i.test(path)) {
    throw choose(
      `An edited model is a file that ends in .onnx, got ${out}.`,
      'Give it a name like fixed.onnx.',
    );
  }
  const folder = storage.dirname(path);
  const [here, there] = [await storage.realPath(folder), await storage.realPath(storage.dirname(original))];
  if (await storage.exists(path)) await requireReplaceable(storage, original, path);
  if (here === there) return { path, copies: [] };
  const copies = locations.map((location) => ({
    from: storage.join(there, ...location.split(/[\\/]/)),
    to: storage.join(folder, ...location.split(/[\\/]/)),
  }));
  const needed: EditTarget['copies'][number][] = [];
  for (const copy of copies) if (await isNeeded(storage, copy)) needed.push(copy);
  return { path, copies: needed };
}

/** Do two paths lead to one file, through links, too? Where either is not there they do not, unless they are written alike. */
export async function isSameFile(storage: Storage, one: string, other: string): Promise<boolean> {
  if (storage.resolve(one) === storage.resolve(other)) return true;
  for (const path of [one, other]) if (!(await storage.exists(path))) return false;
  return (await storage.realPath(one)) === (await storage.realPath(other));
}

async function requireReplaceable(storage: Storage, original: string, path: string): Promise<void> {
  if (await isSameFile(storage, path, original))
    throw choose(`${path} is the model itself, which is never changed.`, 'Choose another name.');
  const isEdited = await loadModel(storage, path).then(
    ({ metadata }) => metadata.has(EDIT_KEY),
    () => false,
  );
  if (isEdited) return;
  throw choose(
    `${path} is there already and is no model that was edited here; it is not written over.`,
    'Move the file away, or choose another name.',
  );
}

async function isNeeded(storage: Storage, { from, to }: EditTarget['copies'][number]): Promise<boolean> {
  if (!(await storage.exists(to))) return true;
  if ((await storage.hashFile(to)) === (await storage.hashFile(from))) return false;
  throw choose(
    `The model keeps weights in a file beside it, and ${to} is another file of that name.`,
    'A folder without such a file will do, and so will that of the model: choose one.',
  );
}

/** Writes an edited model, whole or not at all: first what it needs beside itself, then itself. Throws TesseraError 'storage'. */
export async function writeEdited(
  storage: Storage,
  { path, copies }: EditTarget,
  bytes: Uint8Array,
): Promise<void> {
  for (const { from, to } of copies) {
    await storage.makeDirectory(storage.dirname(to));
    await storage.writeAtomic(to, await storage.readBytes(from));
  }
  await storage.writeAtomic(path, bytes);
}
