import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { changeProjectFile, type Project } from '../project/project-folder.ts';
import type { ProcessIdentity } from '../project/lock-file.ts';
import type { KnownPicture } from '../tables/match-pictures.ts';
import { readTable, type PictureTable } from '../tables/read-table.ts';

/** A table that was read, and whether it is the one that the project remembers. */
export interface OpenedTable {
  readonly table: PictureTable;
  readonly sha256: string;
  /** It was written anew since the project was told of it. */
  readonly isChanged: boolean;
}

/**
 * Reads the table that a project remembers, for some pictures; undefined where it remembers none.
 * Throws TesseraError 'bad-table' where it is gone or holds nothing of them.
 */
export async function openProjectTable(
  project: Project,
  pictures: readonly KnownPicture[],
): Promise<OpenedTable | undefined> {
  const { storage, file } = project;
  if (file.table === undefined) return undefined;
  const { path, sha256 } = file.table;
  if (!(await storage.exists(path)))
    throw new TesseraError('bad-table', `The project's table, ${path}, is not there any more.`, {
      hint: 'Put it back, or give the project a table anew.',
    });
  const opened = await openTableFile(storage, path, pictures);
  return { ...opened, isChanged: opened.sha256 !== sha256 };
}

/** Reads a table for some pictures. Throws TesseraError 'bad-table' and 'storage'. */
export async function openTableFile(
  storage: Storage,
  path: string,
  pictures: readonly KnownPicture[],
): Promise<Omit<OpenedTable, 'isChanged'>> {
  const bytes = await storage.readBytes(path);
  return { table: readTable(bytes, storage.basename(path), pictures), sha256: storage.sha256(bytes) };
}

/** Makes a project remember a table, as it now is, or forget it. */
export async function rememberTable(
  project: Project,
  self: ProcessIdentity,
  path: string | null,
): Promise<Project> {
  const { storage } = project;
  const table =
    path === null ? undefined : { path: storage.resolve(path), sha256: await storage.hashFile(path) };
  return changeProjectFile(project, self, () => Promise.resolve({ table }));
}
