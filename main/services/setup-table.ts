import path from 'node:path';
import type { Storage } from '../../core/platform.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { Projects } from './projects.ts';
import { missing, type SetupState } from './setup-state.ts';

interface TableContext {
  readonly storage: Storage;
  readonly viewer: ComputeClient;
  readonly projects: Projects;
}

/** A setup with a table, and what it says of the images. Throws 'bad-usage' without images, 'bad-table'. */
export async function withTable(
  { viewer }: Pick<TableContext, 'viewer'>,
  state: SetupState,
  file: string,
): Promise<SetupState> {
  const images = state.scan?.images;
  if (images === undefined)
    throw missing('images that the table speaks of', 'Drop the images first, or with the table.');
  const problems = { ...state.problems };
  delete problems.table;
  return { ...state, table: await viewer.run('readTable', { path: file, images }), problems };
}

/** Lets the project remember the table of the setup; where there is no project yet, its first run makes it do so. */
export async function keepTable(
  { storage, viewer, projects }: TableContext,
  { folder, table }: SetupState,
): Promise<void> {
  if (folder === null || !(await storage.exists(path.join(folder, 'project.json')))) return;
  const { project } = await projects.open(folder);
  const wanted = table?.path ?? null;
  if ((project.file.table?.path ?? null) !== wanted)
    await viewer.run('rememberTable', { folder, path: wanted });
}
