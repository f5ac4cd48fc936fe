import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';

const FILE = 'predictions.jsonl';

const SCORED = { index: z.int().nonnegative(), probability: z.number() };
const GIVEN_IMAGE = z.object({ file: z.string(), ...SCORED, runnerUp: z.object(SCORED).exactOptional() });

/** One of the pictures that a run was given, explained or not, and what the model says of it. */
export type GivenImage = Readonly<z.infer<typeof GIVEN_IMAGE>>;

/** Writes `runs/ID/predictions.jsonl`: a line a picture that was given and could be read, in the order of the scan. */
export async function savePredictions(
  project: Project,
  id: string,
  images: readonly GivenImage[],
): Promise<void> {
  requireRun(project, id);
  const text = images.map((image) => `${JSON.stringify(image)}\n`).join('');
  await project.storage.writeAtomic(runPath(project, id, FILE), text);
}

/**
 * What the model said of every picture that a run was given; undefined for a run from before that was kept.
 * Throws TesseraError 'bad-project' for a damaged file, naming the line.
 */
export async function loadPredictions(project: Project, id: string): Promise<GivenImage[] | undefined> {
  requireRun(project, id);
  const { storage } = project;
  const path = runPath(project, id, FILE);
  if (!(await storage.exists(path))) return undefined;
  const lines = new TextDecoder().decode(await storage.readBytes(path)).split('\n');
  return lines.flatMap((line, number) => (line === '' ? [] : [parseLine(line, path, number + 1)]));
}

function parseLine(line: string, path: string, number: number): GivenImage {
  try {
    return GIVEN_IMAGE.parse(JSON.parse(line));
  } catch (cause) {
    throw new TesseraError('bad-project', `project: ${path} is damaged in line ${number}.`, {
      hint: 'Run again with the same settings: what the model said is then written anew.',
      cause,
    });
  }
}
