import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import { openLines, writeLines, type Lines } from './line-file.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';

const FILE = 'predictions.jsonl';

const SCORED = {
  index: z.int().nonnegative(),
  probability: z.number().exactOptional(),
  value: z.number().exactOptional(),
};
const GIVEN_IMAGE = z.object({
  file: z.string(),
  ...SCORED,
  runnerUp: z.object(SCORED).exactOptional(),
  /** Raw scores; left out of models of several classes. */
  scores: z.array(z.number()).readonly().exactOptional(),
});

/** One of the pictures that a run was given, explained or not, and what the model says of it. */
export type GivenImage = Readonly<z.infer<typeof GIVEN_IMAGE>>;

/** Writes `runs/ID/predictions.jsonl`: a line a picture that was given and could be read, in the order of the scan. */
export async function savePredictions(
  project: Project,
  id: string,
  images: readonly GivenImage[],
): Promise<void> {
  requireRun(project, id);
  await writeLines(project.storage, runPath(project, id, FILE), images);
}

/**
 * What the model said of every picture that a run was given; undefined for a run from before that was kept.
 * Throws TesseraError 'bad-project' where the file is not the one that was written.
 */
export async function loadPredictions(project: Project, id: string): Promise<GivenImage[] | undefined> {
  const lines = await openPredictions(project, id);
  return lines && [...lines.records];
}

/** {@link loadPredictions} of a run of many pictures: each is read when it is asked for. */
export async function openPredictions(project: Project, id: string): Promise<Lines<GivenImage> | undefined> {
  requireRun(project, id);
  const { storage } = project;
  const path = runPath(project, id, FILE);
  if (!(await storage.exists(path))) return undefined;
  const lines = await openLines(storage, path, GIVEN_IMAGE);
  if (lines !== undefined) return lines;
  throw new TesseraError('bad-project', `project: ${path} is damaged.`, {
    hint: 'Run again with the same settings: what the model said is then written anew.',
  });
}
