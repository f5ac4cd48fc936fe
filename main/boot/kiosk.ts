import { randomUUID } from 'node:crypto';
import { app, BrowserWindow, session, type BrowserWindowConstructorOptions, type Session } from 'electron';
import type { Kiosk } from '../services/desktop.ts';
import { kioskKey } from './kiosk-keys.ts';
import { restrictSessionTo } from './security.ts';

/** The whole of what a participant's window is allowed: no preload, nothing of the workbench, no tools. */
function kioskOptions(pages: Session): BrowserWindowConstructorOptions {
  return {
    kiosk: true,
    fullscreen: true,
    frame: false,
    show: false,
    title: 'Study',
    webPreferences: {
      session: pages,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
      // A time must not stretch because the window lost the focus.
      backgroundThrottling: false,
    },
  };
}

/**
 * Fills the screen with a participant's page until the researcher's keys end it. It has a session of its own, which is forgotten
 * with it, and hears the one host alone.
 */
export async function openKiosk({ link, next, onEnd }: Kiosk): Promise<void> {
  const pages = session.fromPartition(`kiosk-${randomUUID()}`, { cache: false });
  restrictSessionTo(pages, new URL(link).origin);
  const window = new BrowserWindow(kioskOptions(pages));
  window.removeMenu();
  const { webContents: contents } = window;
  contents.setIgnoreMenuShortcuts(true);
  let isLeaving = false;
  const leave = (): void => {
    isLeaving = true;
    window.close();
  };
  const show = (address: string): Promise<void> => contents.loadURL(withKiosk(address));
  contents.on('before-input-event', (event, input) => {
    const meaning = kioskKey(input);
    if (meaning !== 'page') event.preventDefault();
    if (meaning === 'leave') leave();
    if (meaning === 'next')
      void next().then((address) => (address === null || window.isDestroyed() ? undefined : show(address)));
  });
  window.on('close', (event) => {
    if (!isLeaving) event.preventDefault();
  });
  // A page that broke comes back where the participant was.
  contents.on('render-process-gone', () => (window.isDestroyed() ? undefined : contents.reload()));
  const onQuit = (): void => void (isLeaving = true);
  app.once('before-quit', onQuit);
  window.once('closed', () => {
    app.off('before-quit', onQuit);
    onEnd();
  });
  try {
    await show(link);
  } catch (error) {
    window.destroy();
    throw error;
  }
  window.show();
  window.setKiosk(true);
  window.focus();
}

/** The page then says what to do at a machine that is the researcher's. */
function withKiosk(link: string): string {
  const address = new URL(link);
  address.searchParams.set('kiosk', '');
  return address.href;
}
