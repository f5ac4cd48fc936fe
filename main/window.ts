import { BrowserWindow, type BrowserWindowConstructorOptions } from 'electron';
import { PAGE_ADDRESS } from './protocol-scheme.ts';

/** The whole of what the window is allowed; compared as a whole by a test. */
export function getMainWindowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 700,
    show: false,
    title: 'Tessera',
    backgroundColor: '#14161a',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: true,
    },
  };
}

/** Opens the window once its first picture is ready, so that nothing flashes. */
export async function createMainWindow(preload: string): Promise<BrowserWindow> {
  const window = new BrowserWindow(getMainWindowOptions(preload));
  window.once('ready-to-show', () => window.show());
  await window.loadURL(PAGE_ADDRESS);
  return window;
}
