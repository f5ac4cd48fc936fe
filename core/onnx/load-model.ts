import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { readInput } from '../read-input.ts';
import type { Model } from './graph.ts';
import { decodeModel, externalLocations } from './proto.ts';

function refuse(location: string, reason: string): never {
  throw new TesseraError('bad-model', `The model keeps data in "${location}", ${reason}.`, {
    hint: 'External data is read only from the folder of the model; move the file there and export the model again.',
  });
}

function isInside(storage: Storage, path: string, folder: string): boolean {
  for (let at = path; ; at = storage.dirname(at)) {
    if (at === folder) return true;
    if (storage.dirname(at) === at) return false;
  }
}

async function readBeside(storage: Storage, folder: string, location: string): Promise<Uint8Array> {
  const parts = location.split(/[\\/]/);
  const isAbsolute = parts[0] === '' || /^[A-Za-z]:/.test(location);
  if (isAbsolute || parts.includes('..')) refuse(location, 'which is outside the folder of the model');
  const path = storage.join(folder, ...parts);
  if (!(await storage.exists(path))) refuse(location, 'which was not found');
  const [real, realFolder] = [await storage.realPath(path), await storage.realPath(folder)];
  if (!isInside(storage, real, realFolder))
    refuse(location, 'a link that leads outside the folder of the model');
  return readInput(storage, path, 'bad-model');
}

/** A model as it was read from its file. */
export interface ModelFile {
  readonly path: string;
  /** The file itself, without external data. */
  readonly bytes: Uint8Array;
  readonly model: Model;
}

/**
 * Reads a model file and the external data it names, which may only lie beside it.
 *
 * Throws TesseraError 'bad-model' as {@link decodeModel}, for data outside the folder (absolute path, "..", a link that
 * leads out) or missing, and when a file cannot be read.
 */
export async function loadModelFile(storage: Storage, path: string): Promise<ModelFile> {
  const bytes = await readInput(storage, path, 'bad-model');
  const folder = storage.dirname(storage.resolve(path));
  const files = new Map<string, Uint8Array>();
  for (const location of externalLocations(bytes))
    files.set(location, await readBeside(storage, folder, location));
  return { path, bytes, model: decodeModel(bytes, { externalData: (location) => files.get(location) }) };
}

/** The model of {@link loadModelFile} alone. */
export async function loadModel(storage: Storage, path: string): Promise<Model> {
  return (await loadModelFile(storage, path)).model;
}
