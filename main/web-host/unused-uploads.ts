import { readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Places } from '../services/places.ts';

/**
 * Removes what browsers sent and no project uses. A project names its model and pictures where they lie, so a drop is
 * kept as long as a project or an unfinished run tells of it.
 */
export async function removeUnusedUploads({ uploads, projects, state }: Places): Promise<void> {
  const drops = await readdir(uploads).catch(() => []);
  if (drops.length === 0) return;
  const folders = await readdir(projects).catch(() => []);
  const files = folders.map((folder) => path.join(projects, folder, 'project.json'));
  const texts = await Promise.all(
    [...files, path.join(state, 'unfinished-run.json')].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const unused = drops.filter((drop) => !texts.some((text) => text.includes(drop)));
  await Promise.all(unused.map((drop) => rm(path.join(uploads, drop), { recursive: true, force: true })));
}
