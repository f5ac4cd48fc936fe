import type { Connection } from '../api.ts';
import type { Setup } from '../../main/api/contract.ts';
import { fromList } from './dropped-files.ts';

/** What a person is asked to choose. */
export type PickKind = 'model' | 'folders' | 'pictures' | 'labels' | 'project';

const ACCEPT: Readonly<Record<PickKind, string>> = {
  model: '.onnx',
  folders: '',
  pictures: 'image/*',
  labels: '.txt,.json',
  project: '',
};

/**
 * Lets a person choose files and gives them to the workbench: by the system's dialog on the desktop, by the
 * browser's own on a page of the host. Resolves to null when nothing was chosen.
 */
export async function pickFiles(connection: Connection, what: PickKind): Promise<Setup | null> {
  const { api, host } = connection;
  if (host === 'desktop') return api.chooseFiles({ what });
  const chosen = fromList(await askBrowser(what));
  if (chosen.files.length === 0) return null;
  return api.addPaths({ paths: await connection.takeFiles(chosen.files, chosen.relativePaths) });
}

function askBrowser(what: PickKind): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = ACCEPT[what];
  input.multiple = what !== 'labels';
  input.webkitdirectory = what === 'folders' || what === 'project';
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
