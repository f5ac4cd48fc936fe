import { TesseraError, invariant } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import type { Json } from './canonical-json.ts';
import { saveRun } from './project-folder.ts';
import type { Project } from './project-folder.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import { ID_PATTERN } from './schema.ts';
import type { RunFile, StageRecord } from './schema.ts';

/** What a stage computed: arrays, and plain data beside them. */
export interface StageResult<Value extends Json = Json> {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly value: Value;
}

/** A long array in numbered pieces, each a file of its own: a kill between two loses at most one. */
export interface Chunks {
  /** Is chunk `index` stored? For progress; a damaged file counts until `get` finds out. */
  has(index: number): Promise<boolean>;
  /** Chunk `index` as stored, else computed and stored. */
  get(
    index: number,
    compute: () => Promise<ReadonlyMap<string, Tensor>>,
  ): Promise<ReadonlyMap<string, Tensor>>;
}

/**
 * Results of the stages of a run, each kept under a fingerprint of all that determines it (options, seed, hashes
 * of inputs, fingerprints of earlier stages; see fingerprintOf). The same fingerprint is answered from the cache,
 * also in another run; another one is computed afresh. A missing or damaged file is computed again.
 */
export interface StageStore {
  /** The run with the stages so far; write it back with `finish`. */
  readonly run: RunFile;
  /** One stage as stored, else computed and stored; run.json says 'pending' meanwhile and 'done' after. */
  stage<Value extends Json>(
    name: string,
    fingerprint: string,
    compute: () => Promise<StageResult<Value>>,
  ): Promise<StageResult<Value>>;
  /**
   * Work that keeps its own results (in chunks, say): run.json says 'pending' meanwhile, 'done' after. Its time is that
   * of the run that finished it first, not of a later one that found the results.
   */
  timed<Result>(name: string, fingerprint: string, work: () => Promise<Result>): Promise<Result>;
  /** Changes fields of run.json, e.g. the explanation at the end. */
  finish(changes: Partial<RunFile>): Promise<RunFile>;
}

/** Opens the stages of a run that {@link startRun} gave. One store a run at a time. */
export function openStageStore(project: Project, started: RunFile): StageStore {
  let run = started;
  const finish = async (changes: Partial<RunFile>): Promise<RunFile> => {
    run = { ...run, ...changes };
    await saveRun(project, run);
    return run;
  };
  const record = (name: string, stage: StageRecord) => finish({ stages: { ...run.stages, [name]: stage } });

  return {
    get run() {
      return run;
    },
    finish,
    async timed(name, fingerprint, work) {
      await record(name, { status: 'pending', fingerprint });
      const path = await stagePath(project, name, fingerprint);
      const before = await readStage(project, path);
      const begun = Date.now();
      const result = await work();
      const elapsedMs = before?.elapsedMs ?? Math.max(0, Date.now() - begun);
      if (before === undefined)
        await writeStage(project, path, { tensors: new Map(), value: null }, elapsedMs);
      await record(name, { status: 'done', fingerprint, elapsedMs });
      return result;
    },
    async stage<Value extends Json>(
      name: string,
      fingerprint: string,
      compute: () => Promise<StageResult<Value>>,
    ) {
      const path = await stagePath(project, name, fingerprint);
      const stored = await readStage<Value>(project, path);
      if (stored !== undefined) {
        await record(name, { status: 'done', fingerprint, elapsedMs: stored.elapsedMs });
        return stored;
      }
      await record(name, { status: 'pending', fingerprint });
      const begun = Date.now();
      const result = await compute();
      const elapsedMs = Math.max(0, Date.now() - begun);
      await writeStage(project, path, result, elapsedMs);
      await record(name, { status: 'done', fingerprint, elapsedMs });
      return result;
    },
  };
}

/** Deletes every cached stage and activation; results in `runs/` stay. */
export async function clearCache({ storage, folder }: Project): Promise<void> {
  await storage.remove(storage.join(folder, 'cache'));
}

/**
 * The pieces of a large result, in `cache/NAME-FINGERPRINT/000.safetensors` and on. How many rows a piece holds
 * belongs into the fingerprint.
 */
export async function openChunks(project: Project, name: string, fingerprint: string): Promise<Chunks> {
  const { storage } = project;
  const folder = storage.join(await cacheFolder(project), cacheName(name, fingerprint));
  await storage.makeDirectory(folder);
  const pathOf = (index: number) => {
    invariant(Number.isSafeInteger(index) && index >= 0, `chunks: index ${index}`);
    return storage.join(folder, `${String(index).padStart(3, '0')}.safetensors`);
  };
  return {
    has: (index) => storage.exists(pathOf(index)),
    async get(index, compute) {
      const stored = await readIntact(project, pathOf(index));
      if (stored !== undefined) return stored.tensors;
      const tensors = await compute();
      await storage.writeAtomic(pathOf(index), encodeSafetensors(tensors));
      return tensors;
    },
  };
}

async function stagePath(project: Project, name: string, fingerprint: string): Promise<string> {
  return project.storage.join(await cacheFolder(project), `${cacheName(name, fingerprint)}.safetensors`);
}

async function writeStage(
  { storage }: Project,
  path: string,
  { tensors, value }: StageResult,
  elapsedMs: number,
): Promise<void> {
  const metadata = { value: JSON.stringify(value), elapsedMs: String(elapsedMs) };
  await storage.writeAtomic(path, encodeSafetensors(tensors, metadata));
}

async function readStage<Value extends Json>(project: Project, path: string) {
  const stored = await readIntact(project, path);
  const { value, elapsedMs } = stored?.metadata ?? {};
  if (stored === undefined || value === undefined || elapsedMs === undefined) return undefined;
  return { tensors: stored.tensors, value: JSON.parse(value) as Value, elapsedMs: Number(elapsedMs) };
}

/** The content of a cached file, or undefined when it is not there or does not read as safetensors. */
async function readIntact({ storage }: Project, path: string) {
  if (!(await storage.exists(path))) return undefined;
  const bytes = await storage.readBytes(path);
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    if (error instanceof TesseraError && error.code === 'bad-tensor') return undefined;
    throw error;
  }
}

async function cacheFolder({ storage, folder }: Project): Promise<string> {
  const path = storage.join(folder, 'cache');
  await storage.makeDirectory(path);
  return path;
}

function cacheName(name: string, fingerprint: string): string {
  invariant(ID_PATTERN.test(name) && ID_PATTERN.test(fingerprint), `stage name ${name}-${fingerprint}`);
  return `${name}-${fingerprint}`;
}
