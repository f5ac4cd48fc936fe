import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { nearestNames } from '../nearest-names.ts';
import { readInput } from '../read-input.ts';
import type { Model } from './graph.ts';
import { otherFormat, type OtherFormat } from './other-formats.ts';
import { decodeModel, externalLocations } from './proto.ts';

function refuse(location: string, reason: string, hint = INSIDE_ONLY): never {
  throw new TesseraError('bad-model', `The model keeps data in "${location}", ${reason}.`, { hint });
}

const INSIDE_ONLY =
  'External data is read only from the folder of the model; move the file there and export the model again.';

/** Names that files of weights have. */
const DATA_NAME = /\.(data|onnx_data|bin|weights?)$|^onnx__/i;

/** The model looks for the name that is written in it, not for one like its own: a file that was renamed is not found. */
async function refuseMissing(storage: Storage, folder: string, location: string): Promise<never> {
  const entries = await storage.list(folder).catch(() => []);
  const names = entries.filter(({ name, kind }) => kind === 'file' && DATA_NAME.test(name));
  const near = nearestNames(
    location,
    names.map(({ name }) => name),
  );
  const found = near.map((name) => `"${name}"`).join(', ');
  refuse(
    location,
    'which was not found',
    near.length === 0
      ? `Put the file into the folder of the model, under exactly that name.`
      : `There is ${found}: if that is the file, give it back the name "${location}"; the model file may have any name.`,
  );
}

function isInside(storage: Storage, path: string, folder: string): boolean {
  for (let at = path; ; at = storage.dirname(at)) {
    if (at === folder) return true;
    if (storage.dirname(at) === at) return false;
  }
}

/** The file of external data, which lies in the folder. */
async function pathBeside(storage: Storage, folder: string, location: string): Promise<string> {
  if (location === '') refuse(location, 'which is no name of a file', 'Export the model again.');
  const parts = location.split(/[\\/]/);
  const isAbsolute = parts[0] === '' || /^[A-Za-z]:/.test(location);
  if (isAbsolute || parts.includes('..')) refuse(location, 'which is outside the folder of the model');
  const path = storage.join(folder, ...parts);
  if (!(await storage.exists(path))) await refuseMissing(storage, folder, location);
  const [real, realFolder] = [await storage.realPath(path), await storage.realPath(folder)];
  if (!isInside(storage, real, realFolder))
    refuse(location, 'a link that leads outside the folder of the model');
  return path;
}

/** Bytes of a model with its weights, at most: what a serialised model can hold, in which form it is handed to ONNX Runtime. */
const LARGEST = 2 ** 31 - 1;

/** Throws before anything that large is read. */
async function requireHandy(storage: Storage, paths: readonly string[]): Promise<void> {
  let bytes = 0;
  for (const path of paths) bytes += (await storage.stat(path)).size;
  if (bytes <= LARGEST) return;
  throw new TesseraError(
    'bad-model',
    `The model and its weights are ${(bytes / 2 ** 30).toFixed(1)} GiB; models of up to 2 GiB can be opened.`,
    { hint: 'Export it in half precision (float16), or without weights that its scores do not need.' },
  );
}

/** A model as it was read from its file. */
export interface ModelFile {
  readonly path: string;
  /** The file itself, without external data. */
  readonly bytes: Uint8Array;
  /** Files beside it that hold external data, as it names them. */
  readonly locations: readonly string[];
  /** SHA-256 over the external data, absent where all lies in the file itself. */
  readonly dataSha256?: string;
  readonly model: Model;
}

/**
 * Reads a model file and the external data it names, which may only lie beside it.
 *
 * Throws TesseraError 'bad-model' as {@link decodeModel}, for more than 2 GiB, for data outside the folder (absolute path, "..", a link that
 * leads out) or missing, when a file cannot be read, and for models of other formats, with how they are exported.
 */
export async function loadModelFile(storage: Storage, path: string): Promise<ModelFile> {
  const other = otherFormat(storage.basename(path));
  // ONNX files were called so, too; what else it is says the file.
  const isMaybeOnnx = /\.pb$/i.test(path);
  if (other !== undefined && !isMaybeOnnx && (await storage.exists(path))) throw notOnnx(path, other);
  try {
    return await readModelFile(storage, path);
  } catch (error) {
    const isFault = error instanceof TesseraError && error.code === 'bad-model';
    throw isFault && other !== undefined && (await storage.exists(path)) ? notOnnx(path, other) : error;
  }
}

function notOnnx(path: string, { kind, steps }: OtherFormat): TesseraError {
  return new TesseraError('bad-model', `${path} is a ${kind}; models are read as ONNX.`, { hint: steps });
}

async function readModelFile(storage: Storage, path: string): Promise<ModelFile> {
  if (await storage.exists(path)) await requireHandy(storage, [path]);
  const bytes = await readInput(storage, path, 'bad-model');
  const folder = storage.dirname(storage.resolve(path));
  const paths = new Map<string, string>();
  for (const location of externalLocations(bytes))
    paths.set(location, await pathBeside(storage, folder, location));
  await requireHandy(storage, [path, ...new Set(paths.values())]);
  const files = new Map<string, Uint8Array>();
  for (const [location, file] of paths) files.set(location, await readInput(storage, file, 'bad-model'));
  const model = decodeModel(bytes, { externalData: (location) => files.get(location) });
  return {
    path,
    bytes,
    model,
    locations: [...files.keys()],
    ...(files.size > 0 && { dataSha256: hashOf(storage, files) }),
  };
}

function hashOf(storage: Pick<Storage, 'sha256'>, files: ReadonlyMap<string, Uint8Array>): string {
  const parts = [...files].map(([location, bytes]) => [location, storage.sha256(bytes)]).sort();
  return storage.sha256(new TextEncoder().encode(JSON.stringify(parts)));
}

/** The model of {@link loadModelFile} alone. */
export async function loadModel(storage: Storage, path: string): Promise<Model> {
  return (await loadModelFile(storage, path)).model;
}
