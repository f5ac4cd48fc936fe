import { TesseraError } from '../errors.ts';
import type { ProcessIdentity } from '../project/lock-file.ts';
import { changeProjectFile, type Project } from '../project/project-folder.ts';
import { readMarks, type Marks } from './read-marks.ts';

/**
 * Reads the boxes or masks that a project remembers; undefined where it remembers none.
 * Throws TesseraError 'bad-table' where they are gone, and as {@link readMarks}.
 */
export async function openProjectMarks({ storage, file }: Project): Promise<Marks | undefined> {
  if (file.marks === undefined) return undefined;
  const { path } = file.marks;
  if (await storage.exists(path)) return readMarks(storage, path);
  throw new TesseraError('bad-table', `The project's boxes or masks, ${path}, are not there any more.`, {
    hint: 'Put them back, or give the project others.',
  });
}

/** Changes when the boxes or masks that a project remembers do: names, sizes and times of their files. */
export async function marksStamp({ storage, file }: Project): Promise<string> {
  if (file.marks === undefined) return '';
  const { path } = file.marks;
  const entries = await storage.list(path).catch(() => undefined);
  const files = entries?.filter(({ kind }) => kind === 'file').map(({ name }) => storage.join(path, name));
  const facts = (files ?? [path]).map(async (one) => {
    const there = await storage.stat(one).catch(() => undefined);
    return [one, there?.size, there?.modifiedMs];
  });
  return storage.sha256(new TextEncoder().encode(JSON.stringify(await Promise.all(facts))));
}

/** Makes a project remember boxes or masks, or forget them. They stay where they are. */
export async function rememberMarks(
  project: Project,
  self: ProcessIdentity,
  path: string | null,
): Promise<Project> {
  const marks = path === null ? undefined : { path: project.storage.resolve(path) };
  return changeProjectFile(project, self, () => Promise.resolve({ marks }));
}
