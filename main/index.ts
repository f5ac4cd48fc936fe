import path from 'node:path';
import { app, ipcMain, session } from 'electron';
import { fileStorage } from '../core/runtime/storage.ts';
import packageFile from '../package.json' with { type: 'json' };
import { forwardEvents, registerHandlers } from './api/register-handlers.ts';
import { spawnUtility } from './compute/spawn-utility.ts';
import { electronDesktop } from './electron-desktop.ts';
import { installMenu } from './menu.ts';
import { declareScheme, serveScheme } from './protocol.ts';
import { restrictContents, restrictSession } from './security.ts';
import { placesOf } from './services/places.ts';
import { createResources } from './services/resources.ts';
import { createWorkbench, type WorkbenchService } from './services/workbench.ts';
import { createMainWindow } from './window.ts';

/* Boot of the desktop program, in order. This file lies in out/main once built. */

const BUILT = path.join(import.meta.dirname, '..');
const COMPUTE = path.join(BUILT, 'main/compute-process.js');

declareScheme();
restrictContents(app);
app.enableSandbox();

/** Paths that a person gave when starting the program, by a double click or on the command line. */
function givenPaths(argv: readonly string[]): string[] {
  return argv.slice(app.isPackaged ? 1 : 2).filter((argument) => !argument.startsWith('-'));
}

async function boot(): Promise<void> {
  await app.whenReady();
  const workbench: WorkbenchService = createWorkbench({
    storage: fileStorage,
    places: placesOf(path.join(app.getAppPath(), 'models/demo'), {
      documents: app.getPath('documents'),
      userData: app.getPath('userData'),
    }),
    desktop: electronDesktop,
    spawn: (name) => spawnUtility(COMPUTE, name, (text) => workbench.log.write('error', text)),
    versions: {
      tessera: packageFile.version,
      electron: process.versions.electron,
      node: process.versions.node,
    },
  });
  restrictSession(session.defaultSession);
  serveScheme(createResources(workbench, path.join(BUILT, 'renderer')));
  registerHandlers(ipcMain, workbench);
  installMenu(workbench);
  const open = (paths: readonly string[]): void =>
    void workbench
      .openPaths(paths)
      .catch((error: Error) =>
        workbench.events.emit('error', { name: error.name, code: 'bad-usage', message: error.message }),
      );
  app.on('second-instance', (_event, argv) => open(givenPaths(argv)));
  app.on('open-file', (_event, file) => open([file]));
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => workbench.close());
  app.on('web-contents-created', (_event, contents) => forwardEvents(contents, workbench));
  await createMainWindow(path.join(BUILT, 'preload/preload.cjs'));
  open(givenPaths(process.argv));
}

if (app.requestSingleInstanceLock()) void boot();
else app.quit();
