import { readFile } from 'node:fs/promises';
import { BrowserWindow, dialog, shell, type OpenDialogOptions } from 'electron';
import type { Desktop, FileChoice } from './services/desktop.ts';

const PICTURES = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif', 'bmp'];

const CHOICES: Readonly<Record<FileChoice, OpenDialogOptions>> = {
  model: {
    title: 'Choose a model',
    properties: ['openFile'],
    filters: [{ name: 'ONNX models', extensions: ['onnx'] }],
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
  project: { title: 'Open a project', properties: ['openDirectory'] },
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
  showInFolder: (path) => shell.showItemInFolder(path),
};

/** Prints a report in a window that nobody sees and that can do nothing. */
async function printToPdf(page: string): Promise<Uint8Array> {
  const window = new BrowserWindow({
    show: false,
    webPreferences: { sandbox: true, javascript: false, partition: 'print' },
  });
  try {
    const html = await readFile(page);
    await window.loadURL(`data:text/html;base64,${html.toString('base64')}`);
    return await window.webContents.printToPDF({ pageSize: 'A4', printBackground: true });
  } finally {
    window.destroy();
  }
}
