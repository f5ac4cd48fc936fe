import { pathToFileURL } from 'node:url';
import { BrowserWindow, dialog, session, shell, type OpenDialogOptions } from 'electron';
import { openKiosk } from './kiosk.ts';
import type { Desktop, FileChoice } from '../services/desktop.ts';

const PICTURES = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif', 'bmp'];

const CHOICES: Readonly<Record<FileChoice, OpenDialogOptions>> = {
  model: {
    title: 'Choose a model, and images with it if you like',
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: 'Models and images', extensions: ['onnx', 'data', 'txt', 'json', ...PICTURES] },
      { name: 'All files', extensions: ['*'] },
    ],
  },
  folders: { title: 'Choose folders of pictures', properties: ['openDirectory', 'multiSelections'] },
  pictures: {
    title: 'Choose pictures',
    properties: ['openFile', 'multiSelections'],
    filters: [{ name: 'Pictures', extensions: PICTURES }],
  },
  labels: {
    title: 'Choose a labels file',
    properties: ['openFile'],
    filters: [{ name: 'Labels', extensions: ['txt', 'json', 'csv'] }],
  },
  table: {
    title: 'Choose a table of the images',
    properties: ['openFile'],
    filters: [{ name: 'Tables', extensions: ['csv', 'tsv', 'tab', 'txt', 'json', 'jsonl', 'ndjson'] }],
  },
  marks: {
    title: 'Choose boxes or masks in COCO’s form',
    properties: ['openFile'],
    filters: [{ name: 'Boxes or masks', extensions: ['json', 'xml'] }],
  },
  marksFolder: { title: 'Choose a folder of Pascal VOC’s .xml files', properties: ['openDirectory'] },
  project: { title: 'Open a project', properties: ['openDirectory'] },
  reference: {
    title: 'Choose a picture to compare with',
    properties: ['openFile'],
    filters: [{ name: 'Pictures', extensions: PICTURES }],
  },
  references: { title: 'Choose a folder of pictures to compare with', properties: ['openDirectory'] },
};

/** Dialogs, printing and the file browser by Electron. */
export const electronDesktop: Desktop = {
  host: 'desktop',
  async chooseFiles(what) {
    const { canceled, filePaths } = await dialog.showOpenDialog(CHOICES[what]);
    return canceled ? [] : filePaths;
  },
  async chooseTarget(name) {
    const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: name });
    return canceled ? null : filePath;
  },
  print: printToPdf,
  openKiosk,
  showInFolder: (path) => shell.showItemInFolder(path),
};

/** Prints a report in a window that nobody sees and that can do nothing: no script, no file but the report. */
async function printToPdf(page: string): Promise<Uint8Array> {
  const address = pathToFileURL(page).href;
  const pages = session.fromPartition('print');
  pages.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: url !== address && !url.startsWith('data:') }),
  );
  const window = new BrowserWindow({
    show: false,
    webPreferences: { session: pages, sandbox: true, contextIsolation: true, javascript: false },
  });
  try {
    await window.loadURL(address);
    return await window.webContents.printToPDF({ pageSize: 'A4', printBackground: true });
  } finally {
    window.destroy();
  }
}
