import { z } from 'zod';
import { openLines, writeLines } from './line-file.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';

const FILE = 'images.jsonl';

const PICTURE = z.object({
  file: z.string(),
  /** Bytes, and ms since the epoch. */
  size: z.number(),
  modifiedMs: z.number(),
  /** Absent where the file could not be read. */
  sha256: z.string().exactOptional(),
});
/** A picture as a run found it. */
export type RunPicture = Readonly<z.infer<typeof PICTURE>>;

/** Writes `runs/ID/images.jsonl`: what each picture was that the run was given, explained or not. */
export async function saveRunPictures(
  project: Project,
  id: string,
  pictures: readonly RunPicture[],
): Promise<void> {
  requireRun(project, id);
  await writeLines(project.storage, runPath(project, id, FILE), pictures);
}

/** The pictures of a run, each read when it is asked for by its file. */
export interface RunPictureRecord {
  get(file: string): RunPicture | undefined;
}

/** Undefined for a run of before this was kept, and where the record is lost or damaged. */
export async function loadRunPictures(project: Project, id: string): Promise<RunPictureRecord | undefined> {
  requireRun(project, id);
  const lines = await openLines(project.storage, runPath(project, id, FILE), PICTURE);
  return lines && { get: (file) => lines.find(file) };
}
