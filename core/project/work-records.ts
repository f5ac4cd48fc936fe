import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { Project } from './project-folder.ts';
import { SCHEMA_VERSION, VERSION } from './schema.ts';
import { SHARD_STAGES, workFolder } from './work-plan.ts';

/*
 * What workers say of their work, a small file a shard and stage, each written by one process alone:
 *   KEY/progress/STAGE-SHARD-of-N.json   how far it is
 *   KEY/errors/STAGE-SHARD-of-N.json     why it failed; gone once it is done
 *   KEY/merged/STAGE.json                what a merge found missing
 *   KEY/merged/run.json                  the finished run
 */

const OWNER = {
  schemaVersion: VERSION,
  stage: z.enum(SHARD_STAGES),
  shard: z.int().nonnegative(),
  of: z.int().positive(),
  host: z.string(),
  pid: z.int(),
};

const PROGRESS = z.object({
  ...OWNER,
  /** `waiting`: what the stage rests on was not there. */
  state: z.enum(['working', 'done', 'waiting', 'failed']),
  /** Folder of the cache that the pieces lie in, and how many there are in all; absent where that was not known yet. */
  folder: z.string().exactOptional(),
  pieces: z.int().nonnegative().exactOptional(),
  /** Images that were computed, of those that this process has to compute. */
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** ms since the epoch. */
  beganMs: z.number(),
  atMs: z.number(),
});
/** How far a shard is with a stage. */
export type ShardProgress = Omit<Readonly<z.infer<typeof PROGRESS>>, 'schemaVersion'>;

const FAILURE = z.object({
  ...OWNER,
  message: z.string(),
  hint: z.string().exactOptional(),
  /** The fault lies in what was asked or given: trying again is of no use. */
  isFinal: z.boolean(),
  atMs: z.number(),
});
/** Why a shard failed at a stage. */
export type ShardFailure = Omit<Readonly<z.infer<typeof FAILURE>>, 'schemaVersion'>;

const MERGED = z.object({
  schemaVersion: VERSION,
  stage: z.enum(SHARD_STAGES),
  folder: z.string().exactOptional(),
  pieces: z.int().nonnegative(),
  /** Numbers of the pieces that are not there. */
  missing: z.array(z.int().nonnegative()),
  atMs: z.number(),
});
/** What a merge found of a stage. */
export type MergedStage = Omit<Readonly<z.infer<typeof MERGED>>, 'schemaVersion'>;

const FINISHED = z.object({ schemaVersion: VERSION, run: z.string(), atMs: z.number() });

type Place = Pick<Project, 'storage' | 'folder'>;
type Kind = 'progress' | 'errors' | 'merged';
type Owned = Pick<ShardProgress, 'stage' | 'shard' | 'of'>;

const nameOf = ({ stage, shard, of }: Owned): string => `${stage}-${shard}-of-${of}.json`;

async function write(place: Place, key: string, kind: Kind, name: string, shape: z.ZodObject, value: object) {
  const { storage } = place;
  const folder = storage.join(workFolder(place, key), kind);
  await storage.makeDirectory(folder);
  await writeJsonFile(storage, storage.join(folder, name), shape, {
    schemaVersion: SCHEMA_VERSION,
    ...value,
  });
}

export const saveProgress = (place: Place, key: string, progress: ShardProgress): Promise<void> =>
  write(place, key, 'progress', nameOf(progress), PROGRESS, progress);

export const saveFailure = (place: Place, key: string, failure: ShardFailure): Promise<void> =>
  write(place, key, 'errors', nameOf(failure), FAILURE, failure);

export const saveMerged = (place: Place, key: string, merged: MergedStage): Promise<void> =>
  write(place, key, 'merged', `${merged.stage}.json`, MERGED, merged);

export const saveFinished = (place: Place, key: string, run: string): Promise<void> =>
  write(place, key, 'merged', 'run.json', FINISHED, { run, atMs: Date.now() });

/** Takes back the failure of a shard that is done. */
export async function clearFailure(place: Place, key: string, owned: Owned): Promise<void> {
  await place.storage.remove(place.storage.join(workFolder(place, key), 'errors', nameOf(owned)));
}

/** Everything that was recorded of a plan. A record that cannot be read is passed over: another one follows. */
export interface WorkRecords {
  readonly progress: readonly ShardProgress[];
  readonly failures: readonly ShardFailure[];
  readonly merged: readonly MergedStage[];
  /** The finished run, and when it was; none where it was deleted since. */
  readonly run?: string;
  readonly runAtMs?: number;
}

export async function loadWorkRecords(place: Place, key: string): Promise<WorkRecords> {
  const [progress, failures] = [
    await all(place, key, 'progress', PROGRESS),
    await all(place, key, 'errors', FAILURE),
  ];
  const merged = await all(place, key, 'merged', MERGED);
  const [finished] = await all(place, key, 'merged', FINISHED);
  const run = finished && place.storage.join(place.folder, 'runs', finished.run, 'run.json');
  const isThere = run !== undefined && (await place.storage.exists(run));
  return { progress, failures, merged, ...(isThere && { run: finished.run, runAtMs: finished.atMs }) };
}

async function all<Shape extends z.ZodObject>(
  place: Place,
  key: string,
  kind: Kind,
  shape: Shape,
): Promise<z.infer<Shape>[]> {
  const { storage } = place;
  const folder = storage.join(workFolder(place, key), kind);
  if (!(await storage.exists(folder))) return [];
  const names = (await storage.list(folder)).filter(({ name }) => /^[a-z].*\.json$/.test(name));
  const read = await Promise.all(
    names.map(({ name }) =>
      readJsonFile(storage, storage.join(folder, name), shape).catch((error: unknown) => {
        if (error instanceof TesseraError) return undefined;
        throw error;
      }),
    ),
  );
  return read.filter((one) => one !== undefined);
}
