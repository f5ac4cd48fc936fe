import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileStorage } from '../../core/runtime/storage.ts';
import { thisProcess } from '../../core/runtime/this-process.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { spawnFork } from '../compute/spawn-fork.ts';
import { commandsOf } from '../engines/command-process.ts';
import { browserDesktop } from '../services/desktop.ts';
import { placesOf } from '../services/places.ts';
import { createResources } from '../services/resources.ts';
import { createWorkbench, type WorkbenchService } from '../services/workbench.ts';
import { startWebHost } from '../web-host/server.ts';
import { markHost, removeUnusedUploads } from '../web-host/unused-uploads.ts';

/* Boot of the loopback host; prints its address. This file lies in out/main once built. */

const ROOT = path.join(import.meta.dirname, '../..');
const COMPUTE = path.join(ROOT, 'out/main/compute-process.js');
const COMMAND = [process.execPath, path.join(ROOT, 'out/cli/tessera.js')];

const places = placesOf(path.join(ROOT, 'models/demo'));
const mark = await markHost(fileStorage, places, thisProcess);
await removeUnusedUploads(fileStorage, places, thisProcess);
const workbench: WorkbenchService = createWorkbench({
  storage: fileStorage,
  places,
  desktop: browserDesktop,
  commands: { run: commandsOf(COMMAND), program: COMMAND },
  studyPage: path.join(ROOT, 'out/study'),
  spawn: (name) => spawnFork(COMPUTE, name, (text) => workbench.log.write('warning', text)),
  versions: { tessera: packageFile.version, node: process.versions.node },
});
const host = await startWebHost({
  workbench,
  resources: createResources(workbench, path.join(ROOT, 'out/renderer')),
  bridge: () => readFile(path.join(ROOT, 'out/web/bridge.js')),
  uploads: places.uploads,
  port: Number(process.env['TESSERA_PORT'] ?? 0),
});
process.stdout.write(`${host.address}\n`);

const LONGEST_END_MS = 5000;
let isEnding = false;
const close = (): void => {
  if (isEnding) return;
  isEnding = true;
  // A connection that does not let go must not keep the program.
  setTimeout(() => process.exit(0), LONGEST_END_MS);
  workbench.close();
  void Promise.allSettled([host.close(), mark?.release()]).then(() => process.exit(0));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, close);
// Whoever started it by fork, as `npm start` does, may end without a word.
process.on('disconnect', close);

const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
await workbench.openPaths(paths).catch((error: Error) => process.stderr.write(`${error.message}\n`));
