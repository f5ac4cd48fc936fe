import type { App, Session, WebContents } from 'electron';
import { PAGE_ADDRESS } from './protocol-scheme.ts';

/** Copying is the one thing that a page may do with the system. */
const ALLOWED_PERMISSION = 'clipboard-sanitized-write';

/** Refuses every permission but copying, and every request that is not for our own pages. */
export function restrictSession(session: Session): void {
  allowRequests(session, (url) => /^(tessera|devtools|blob|data):/.test(url));
}

/** The same, but the pages are those of one host: nothing of the workbench can be asked for. */
export function restrictSessionTo(session: Session, origin: string): void {
  allowRequests(session, (url) => url.startsWith(`${origin}/`) || /^(blob|data):/.test(url));
}

function allowRequests(session: Session, isOurs: (url: string) => boolean): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === ALLOWED_PERMISSION),
  );
  session.setPermissionCheckHandler((_contents, permission) => permission === ALLOWED_PERMISSION);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !isOurs(details.url) });
  });
}

/** Every page of the app, whatever made it: no navigation, no windows, no embedded guests. */
export function restrictContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => restrictPage(contents));
}

function restrictPage(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (event.url !== PAGE_ADDRESS) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
