import path from 'node:path';
import type { Storage } from '../../core/platform.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { Projects } from './projects.ts';
import { missing, type SetupState } from './setup-state.ts';

interface MarksContext {
  readonly storage: Storage;
  readonly viewer: ComputeClient;
  readonly projects: Projects;
}

/** A setup with boxes or masks, and what they say of the images. Throws 'bad-usage' without images, 'bad-table'. */
export async function withMarks(
  { viewer }: Pick<MarksContext, 'viewer'>,
  state: SetupState,
  given: string,
): Promise<SetupState> {
  const images = state.scan?.images;
  if (images === undefined)
    throw missing('images that boxes or masks are of', 'Drop the images first, or with them.');
  const problems = { ...state.problems };
  delete problems.marks;
  return { ...state, marks: await viewer.run('readMarks', { path: given, images }), problems };
}

/** Lets the project remember the boxes or masks of the setup; where there is no project yet, its first run makes it do so. */
export async function keepMarks(
  { storage, viewer, projects }: MarksContext,
  { folder, marks }: SetupState,
): Promise<void> {
  if (folder === null || !(await storage.exists(path.join(folder, 'project.json')))) return;
  const { project } = await projects.open(folder);
  const wanted = marks?.path ?? null;
  if ((project.file.marks?.path ?? null) !== wanted)
    await viewer.run('rememberMarks', { folder, path: wanted });
}
