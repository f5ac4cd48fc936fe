import { BrowserWindow, type BrowserWindowConstructorOptions } from 'electron';

/** The ground of the page in each theme, see renderer/tokens.css; seen for a moment while a window grows. */
const GROUND = { dark: '#111317', light: '#f3f4f6' } as const;

/**
 * The whole of what the window is allowed; compared as a whole by a test.
 *
 * @internal Tests compare with it.
 */
export function getMainWindowOptions(
  preload: string,
  theme: keyof typeof GROUND,
): BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 700,
    show: false,
    title: 'Tessera',
    backgroundColor: GROUND[theme],
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

/** A window that shows itself once its first picture is ready, so that nothing flashes; what it shows is loaded later. */
export function createMainWindow(preload: string, theme: keyof typeof GROUND): BrowserWindow {
  const window = new BrowserWindow(getMainWindowOptions(preload, theme));
  window.once('ready-to-show', () => window.show());
  return window;
}
