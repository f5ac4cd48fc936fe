import { z } from 'zod';
import { STORED_OPTIONS } from '../concepts/parse-run-options.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import { TesseraError } from '../errors.ts';
import { DEVICE_NAMES } from '../platform.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { readLines, writeLines } from './line-file.ts';
import type { Project } from './project-folder.ts';
import { SCHEMA_VERSION, VERSION } from './schema.ts';

/*
 * NAME.tessera/work/
 *   plan.json               what is computed by several processes; a new plan takes its place
 *   KEY/pictures.jsonl      the pictures of the plan, written once: paths below their roots, size, time, hash
 *   KEY/progress, errors, missing   see work-records.ts
 * What is computed lies where any run keeps it, in cache/. All of work/ may be deleted once the run is there.
 */

/** Stages whose pieces are shared, in their order; the last one is one pass for coefficients, importance and removals. */
export const SHARD_STAGES = ['predictions', 'rows', 'coefficients'] as const;
export type ShardStage = (typeof SHARD_STAGES)[number];

const PLAN = z.object({
  schemaVersion: VERSION,
  created: z.iso.datetime(),
  /** Names the plan by all that determines its results. */
  key: z.string().regex(/^[0-9a-f]{32}$/),
  options: STORED_OPTIONS,
  /** Program and library -> version: others are refused. */
  versions: z.record(z.string(), z.string()),
  /** Where everything is computed: another kind of device rounds otherwise. */
  device: z.enum(DEVICE_NAMES),
  model: z.object({ path: z.string(), sha256: z.string() }),
  /** Folders and files that the pictures were found in. */
  roots: z.array(z.string()),
  /** How many pictures were found. */
  pictures: z.int().positive(),
  /** What was found and cannot be used. */
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
});
/** What several processes compute together. */
export type WorkPlan = Omit<Readonly<z.infer<typeof PLAN>>, 'options'> & { readonly options: RunOptions };

const PICTURE = z.object({
  /** Number of its root in the plan, as it was given, and the path below it; the root itself where that is a file. */
  root: z.int().nonnegative(),
  file: z.string(),
  folder: z.string(),
  size: z.number(),
  modifiedMs: z.number(),
  /** Absent where the file could not be read. */
  sha256: z.string().exactOptional(),
});
/** A picture of a plan. */
export type PlannedPicture = Readonly<z.infer<typeof PICTURE>>;

/** The folder of a plan's own files. */
export function workFolder({ storage, folder }: Pick<Project, 'storage' | 'folder'>, key: string): string {
  return storage.join(folder, 'work', key);
}

/** Writes a plan, its pictures first, so that one that is there is whole. */
export async function saveWorkPlan(
  project: Project,
  plan: Omit<WorkPlan, 'schemaVersion' | 'created'>,
  pictures: readonly PlannedPicture[],
): Promise<void> {
  const { storage, folder } = project;
  const own = workFolder(project, plan.key);
  await storage.makeDirectory(own);
  await writeLines(storage, storage.join(own, 'pictures.jsonl'), pictures);
  const created = new Date().toISOString();
  await writeJsonFile(storage, storage.join(folder, 'work', 'plan.json'), PLAN, {
    schemaVersion: SCHEMA_VERSION,
    created,
    ...plan,
  });
}

/** Reads the plan of a project. Throws 'bad-project' where there is none, and for one that is damaged. */
export async function loadWorkPlan({
  storage,
  folder,
}: Pick<Project, 'storage' | 'folder'>): Promise<WorkPlan> {
  const path = storage.join(folder, 'work', 'plan.json');
  if (!(await storage.exists(path)))
    throw new TesseraError('bad-project', `project: ${folder} has no plan to be worked on.`, {
      hint: 'Make one first',
      options: ['command=plan'],
    });
  return await readJsonFile(storage, path, PLAN);
}

/** Reads the pictures of a plan; throws 'bad-project' where they are not the ones that were written. */
export async function loadPlannedPictures(project: Project, { key }: WorkPlan): Promise<PlannedPicture[]> {
  const path = project.storage.join(workFolder(project, key), 'pictures.jsonl');
  const pictures = await readLines(project.storage, path, PICTURE);
  if (pictures !== undefined) return pictures;
  throw new TesseraError('bad-project', `project: ${path} is missing or damaged.`, {
    hint: 'Make the plan again: what was computed is kept',
    options: ['command=plan'],
  });
}
