import type { Connection } from '../api.ts';
import type { Setup } from '../../main/api/contract.ts';
import { fromList, looseNames, readDrop, withoutLoose, type DroppedFiles } from './dropped-files.ts';

/** What a person is asked to choose. */
export type PickKind =
  | 'model'
  | 'folders'
  | 'pictures'
  | 'labels'
  | 'table'
  | 'marks'
  | 'marksFolder'
  | 'project'
  | 'reference'
  | 'references';

const ACCEPT: Readonly<Record<PickKind, string>> = {
  model: '.onnx,.data,.txt,.json,image/*',
  folders: '',
  pictures: 'image/*',
  labels: '.txt,.json',
  table: '.csv,.tsv,.tab,.txt,.json,.jsonl,.ndjson',
  marks: '.json,.xml',
  marksFolder: '',
  project: '',
  reference: 'image/*',
  references: '',
};

/**
 * Lets a person choose files and gives them to the workbench: by the system's dialog on the desktop, by the
 * browser's own on a page of the host. Resolves to null when nothing was chosen. `images` says what becomes of images
 * where there are some; without it that is asked.
 */
export async function pickFiles(
  connection: Connection,
  what: PickKind,
  images?: 'add' | 'replace',
): Promise<Setup | null> {
  const { api, host } = connection;
  const way = images === undefined ? {} : { images };
  if (host === 'desktop') return api.chooseFiles({ what, ...way });
  const chosen = fromList(await askBrowser(what));
  if (chosen.files.length === 0) return null;
  if (what !== 'reference' && what !== 'references') return give(connection, chosen, way);
  const [reference] = await connection.takeFiles(chosen.files, chosen.relativePaths);
  return api.compareWith({ path: reference });
}

/** Lets a person choose a folder of pictures for something else than the setup; its path, or null when none was chosen. */
export async function pickFolder(connection: Connection): Promise<string | null> {
  const { api, host } = connection;
  if (host === 'desktop') return api.chooseConceptFolder();
  return folderOf(connection, fromList(await askBrowser('references')));
}

/** Path of the folder, or first picture, of dropped or chosen files; null where there are none. */
export async function folderOf(connection: Connection, dropped: DroppedFiles): Promise<string | null> {
  if (dropped.files.length === 0) return null;
  const [path] = await connection.takeFiles(dropped.files, dropped.relativePaths);
  return path ?? null;
}

/** Lets a person choose by the browser's own dialog, and sends what was chosen; none when it is closed. */
export async function pickPaths(connection: Connection, what: PickKind): Promise<readonly string[]> {
  const { files, relativePaths } = fromList(await askBrowser(what));
  return files.length === 0 ? [] : connection.takeFiles(files, relativePaths);
}

/** Lets a person choose folders of images that a run was not given; none when the dialog is closed. */
export function pickOtherImages(connection: Connection): Promise<readonly string[]> {
  const { api, host } = connection;
  return host === 'desktop' ? api.chooseNewImages() : pickPaths(connection, 'folders');
}

/** Paths of what was dropped. Must be called before the drop event ends. */
export async function pathsOfDrop(
  connection: Connection,
  transfer: DataTransfer,
): Promise<readonly string[]> {
  const { files, relativePaths } = await readDrop(transfer, connection.host);
  return files.length === 0 ? [] : connection.takeFiles(files, relativePaths);
}

/** Gives files to the workbench. What would be refused by its name is named and not sent, however large it is. */
export async function give(
  connection: Connection,
  dropped: DroppedFiles,
  way: { readonly images?: 'add' | 'replace' } = {},
): Promise<Setup> {
  const { api, host } = connection;
  const names = host === 'desktop' ? [] : looseNames(dropped);
  const unusable = names.length === 0 ? [] : await api.unusableFiles({ names });
  const { files, relativePaths, emptyFolders } = withoutLoose(dropped, unusable);
  return api.addPaths({
    paths: files.length === 0 ? [] : await connection.takeFiles(files, relativePaths),
    unsent: [
      ...unusable.map((name) => ({ name, kind: 'file' as const })),
      ...emptyFolders.map((name) => ({ name, kind: 'folder' as const })),
    ],
    ...way,
  });
}

function askBrowser(what: PickKind): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = ACCEPT[what];
  input.multiple = !['labels', 'table', 'marks', 'reference'].includes(what);
  input.webkitdirectory = ['folders', 'references', 'project', 'marksFolder'].includes(what);
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
