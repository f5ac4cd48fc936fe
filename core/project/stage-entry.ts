import { TesseraError, invariant } from '../errors.ts';
import { memorySpool } from '../memory-spool.ts';
import type { ByteSpool, Storage } from '../platform.ts';
import type { Tensor } from '../tensor.ts';
import type { Json } from './canonical-json.ts';
import { decodeChecked, encodeChecked } from './checked-tensors.ts';
import type { Project } from './project-folder.ts';
import { ID_PATTERN } from './schema.ts';

/** Deleting a folder of the cache takes some steps; a write meets few of them. */
const WRITE_ATTEMPTS = 10;

/** What is computed and stored at once: arrays, and plain data beside them. */
export interface StagePiece<Value extends Json = Json> {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly value: Value;
}

/**
 * The stored results of a stage under one fingerprint: a single piece, or many by number, each a file of its own, so
 * that a kill loses at most the piece in work. A piece that is missing, or whose checksum does not fit, is computed.
 */
export interface StageEntry {
  /** Is piece `index` stored? For progress; a damaged file counts until `get` finds out. */
  has(index: number): Promise<boolean>;
  /** All that {@link has} is true of, by one look at the folder. */
  stored(): Promise<ReadonlySet<number>>;
  /** Piece `index` as stored; undefined where it is not, or damaged. */
  read(index: number): Promise<StagePiece | undefined>;
  /** Piece `index` as stored, else computed and stored. */
  get<Value extends Json>(
    index: number,
    compute: () => Promise<StagePiece<Value>>,
  ): Promise<StagePiece<Value>>;
  /** Bytes that the stage puts aside of what its pieces say together, instead of in memory. */
  openSpool(): ByteSpool;
  /** Time in ms that the pieces asked for so far took, each counted from the piece before, whenever that was, or from {@link begin}. */
  readonly elapsedMs: number;
  /** The work on the next piece begins now, whatever was done since the one before. */
  begin(): void;
}

/** An entry that keeps nothing, for work whose results are asked for once. */
export const UNKEPT_ENTRY: StageEntry = {
  has: () => Promise.resolve(false),
  stored: () => Promise.resolve(new Set()),
  read: () => Promise.resolve(undefined),
  get: (_index, compute) => compute(),
  openSpool: memorySpool,
  elapsedMs: 0,
  begin: () => undefined,
};

/**
 * Opens the results of a stage: `cache/NAME-FINGERPRINT/000.safetensors` and on. The folder may be deleted at any time:
 * it is made again for the next piece. `warn` hears of damaged pieces, which are computed again.
 */
export async function openStageEntry(
  { storage, folder }: Pick<Project, 'storage' | 'folder'>,
  name: string,
  fingerprint: string,
  warn: (text: string) => void = () => undefined,
): Promise<StageEntry> {
  invariant(ID_PATTERN.test(name) && ID_PATTERN.test(fingerprint), `stage name ${name}-${fingerprint}`);
  const own = storage.join(folder, 'cache', entryName(name, fingerprint));
  await storage.makeDirectory(own);
  const pathOf = (index: number): string => {
    invariant(Number.isSafeInteger(index) && index >= 0, `stage ${name}: piece ${index}`);
    return storage.join(own, `${String(index).padStart(3, '0')}.safetensors`);
  };
  let elapsedMs = 0;
  let mark = Date.now();
  return {
    has: (index) => storage.exists(pathOf(index)),
    stored: () => storedPieces(storage, own),
    read: (index) => readPiece(storage, pathOf(index), warn),
    begin: () => void (mark = Date.now()),
    async get<Value extends Json>(index: number, compute: () => Promise<StagePiece<Value>>) {
      const path = pathOf(index);
      const stored = await readPiece<Value>(storage, path, warn);
      const piece = stored ?? asStored(await compute());
      const took = stored?.elapsedMs ?? Math.max(0, Date.now() - mark);
      if (stored === undefined) await writePiece(storage, path, piece, took);
      elapsedMs += took;
      mark = Date.now();
      return piece;
    },
    openSpool: () => storage.openSpool(own),
    get elapsedMs() {
      return elapsedMs;
    },
  };
}

/** The folder below `cache/` in which the results of a stage under a fingerprint lie. */
export function entryName(name: string, fingerprint: string): string {
  return `${name}-${fingerprint}`;
}

/** The pieces in such a folder, by number; none where there is no folder. */
export async function storedPieces(storage: Storage, own: string): Promise<Set<number>> {
  if (!(await storage.exists(own))) return new Set();
  const names = (await storage.list(own)).map(({ name }) => /^(\d+)\.safetensors$/.exec(name)?.[1]);
  return new Set(names.filter((name) => name !== undefined).map(Number));
}

/** As it will be read again: what JSON changes (NaN, -0, undefined) must not depend on who computed the piece. */
function asStored<Value extends Json>({ tensors, value }: StagePiece<Value>): StagePiece<Value> {
  return { tensors, value: JSON.parse(JSON.stringify(value)) as Value };
}

async function writePiece(
  storage: Storage,
  path: string,
  { tensors, value }: StagePiece,
  took: number,
): Promise<void> {
  const facts = { value: JSON.stringify(value), elapsedMs: String(took) };
  const bytes = encodeChecked(storage, { tensors, facts });
  for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt++) {
    try {
      if (attempt > 0) await storage.makeDirectory(storage.dirname(path));
      return await storage.writeAtomic(path, bytes);
    } catch (error) {
      // Whoever deletes the cache may do so between any two steps of a write; the piece is at hand, stored or not.
      if (!isAbsence(error)) throw error;
    }
  }
}

/** Did a file or folder go while it was used? */
function isAbsence(error: unknown): boolean {
  const cause: unknown = error instanceof TesseraError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

/** A stored piece, or undefined where there is none, or not the one that was written. */
async function readPiece<Value extends Json>(storage: Storage, path: string, warn: (text: string) => void) {
  const bytes = await bytesAt(storage, path);
  if (bytes === undefined) return undefined;
  const read = decodeChecked(storage, bytes, ['value', 'elapsedMs']);
  if (read === undefined) {
    warn(`${path} is damaged and is computed again.`);
    return undefined;
  }
  const { value, elapsedMs } = read.facts;
  return { tensors: read.tensors, value: JSON.parse(value) as Value, elapsedMs: Number(elapsedMs) };
}

/** Undefined where there is no file, or none any more; a file that is there and cannot be read is a failure. */
async function bytesAt(storage: Storage, path: string): Promise<Uint8Array | undefined> {
  if (!(await storage.exists(path))) return undefined;
  try {
    return await storage.readBytes(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}
