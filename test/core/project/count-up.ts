import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { changeProject } from '../../../core/project/change-lock.ts';
import { fileStorage as storage } from '../../../core/runtime/storage.ts';

/** Started as a process: adds 1 to the number in FOLDER/count so many times, each a change of its own. */
const [folder, times] = process.argv.slice(2);
/** All processes that count live until they have counted. */
const self = { pid: process.pid, host: hostname(), isAlive: () => true };
for (let i = 0; i < Number(times); i++) {
  await changeProject({ storage, folder }, self, async () => {
    const file = path.join(folder, 'count');
    await storage.writeAtomic(file, String(Number(await readFile(file, 'utf8')) + 1));
  });
}
