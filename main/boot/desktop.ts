import path from 'node:path';
import { app, dialog, ipcMain, nativeTheme, session, type BrowserWindow } from 'electron';
import { fileStorage } from '../../core/runtime/storage.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { forwardEvents, registerHandlers } from './register-handlers.ts';
import { serializeError } from '../api/serialize-error.ts';
import { spawnUtility } from '../compute/spawn-utility.ts';
import { electronDesktop } from './electron-desktop.ts';
import { givenPaths } from './given-paths.ts';
import { installMenu } from './menu.ts';
import { PAGE_ADDRESS } from './protocol-scheme.ts';
import { declareScheme, serveScheme } from './protocol.ts';
import { restrictContents, restrictSession } from './security.ts';
import { placesOf } from '../services/places.ts';
import { createResources } from '../services/resources.ts';
import { createWorkbench, type WorkbenchService } from '../services/workbench.ts';
import { utilityCommands } from './utility-commands.ts';
import { createMainWindow } from './window.ts';

/* Boot of the desktop program, in order. This file lies in out/main once built. */

const BUILT = path.join(import.meta.dirname, '..');
const DEMO = app.isPackaged
  ? path.join(process.resourcesPath, 'demo')
  : path.join(app.getAppPath(), 'models/demo');
const COMPUTE = path.join(BUILT, 'main/compute-utility.js');
const COMMAND = path.join(BUILT, 'main/command-utility.js');

// What Chromium keeps, and the lock of the one instance, go with the home when there is one.
const home = process.env['TESSERA_HOME'];
if (home !== undefined) app.setPath('userData', path.resolve(home, 'electron'));
declareScheme();
restrictContents(app);
app.on('session-created', restrictSession);
// With --no-sandbox (root in a container) this would ask for what cannot be; every window asks for a sandbox anyhow.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();

/** Paths that the system hands over before there is a workbench to take them. */
const waiting: string[] = [];
let open = (paths: readonly string[]): void => void waiting.push(...paths);
app.on('open-file', (event, file) => {
  event.preventDefault();
  open([file]);
});

function startWorkbench(): WorkbenchService {
  const workbench: WorkbenchService = createWorkbench({
    storage: fileStorage,
    places: placesOf(DEMO, {
      documents: app.getPath('documents'),
      userData: app.getPath('userData'),
    }),
    desktop: electronDesktop,
    commands: { run: utilityCommands(COMMAND), program: null },
    studyPage: path.join(BUILT, 'study'),
    spawn: (name) => spawnUtility(COMPUTE, name, (text) => workbench.log.write('warning', text)),
    versions: {
      tessera: packageFile.version,
      electron: process.versions.electron,
      chrome: process.versions.chrome,
      node: process.versions.node,
    },
  });
  return workbench;
}

function comeForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.focus();
}

async function boot(): Promise<void> {
  await app.whenReady();
  const workbench = startWorkbench();
  restrictSession(session.defaultSession);
  serveScheme(createResources(workbench, path.join(BUILT, 'renderer')));
  registerHandlers(ipcMain, workbench);
  installMenu(workbench);
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => workbench.close());
  const window = createMainWindow(
    path.join(BUILT, 'preload/preload.cjs'),
    nativeTheme.shouldUseDarkColors ? 'dark' : 'light',
  );
  forwardEvents(window.webContents, workbench);
  app.on('second-instance', (_event, argv, folder) => {
    comeForward(window);
    open(givenPaths(argv, folder, app));
  });
  await window.loadURL(PAGE_ADDRESS);
  open = (paths) =>
    void workbench
      .openPaths(paths)
      .catch((error: unknown) => workbench.events.emit('error', serializeError(error)));
  open([...waiting, ...givenPaths(process.argv, process.cwd(), app)]);
}

function giveUp(error: unknown): void {
  dialog.showErrorBox('Tessera cannot start', error instanceof Error ? (error.stack ?? '') : String(error));
  app.exit(1);
}

if (app.requestSingleInstanceLock()) boot().catch(giveUp);
else app.quit();
