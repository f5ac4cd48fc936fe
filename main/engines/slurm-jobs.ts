import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SHARD_STAGES } from '../../core/project/work-plan.ts';

const JOBS = z.object({
  step: z.enum([...SHARD_STAGES, 'run']),
  /** Their numbers. */
  jobs: z.array(z.string().regex(/^\d+$/)).min(1),
  /** ms since the epoch. */
  sinceMs: z.number(),
});
/** Jobs of a step that were submitted, so that whoever comes back waits for them. */
export type SubmittedJobs = Readonly<z.infer<typeof JOBS>>;

const fileOf = (folder: string): string => path.join(folder, 'jobs.json');

/** Writes down, in the folder of the scripts, which jobs were submitted last. */
export async function writeJobs(folder: string, jobs: SubmittedJobs): Promise<void> {
  await writeFile(fileOf(folder), `${JSON.stringify(jobs)}\n`);
}

/** The jobs that were submitted last; undefined where there are none, or what was written cannot be read. */
export async function readJobs(folder: string): Promise<SubmittedJobs | undefined> {
  try {
    return JOBS.parse(JSON.parse(await readFile(fileOf(folder), 'utf8')));
  } catch {
    return undefined;
  }
}
