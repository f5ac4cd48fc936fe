import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * Starts the command line: as `npm run build` and `npm start` built it, which starts in a fraction of the time, or from its
 * sources where any of them was changed since, or nothing was built.
 */

const ROOT = path.join(import.meta.dirname, '../..');
const BUILT = path.join(ROOT, 'out/cli/tessera.js');

/** Folders too, whose time is that of the last file that came or went. */
function newestOf(folder) {
  let newest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    newest = Math.max(newest, statSync(path.join(entry.parentPath, entry.name)).mtimeMs);
  return newest;
}

function isCurrent() {
  if (!existsSync(BUILT)) return false;
  const built = statSync(BUILT).mtimeMs;
  const isOlder = (time) => time < built;
  return (
    isOlder(statSync(path.join(ROOT, 'package.json')).mtimeMs) &&
    ['core', 'main'].every((folder) => isOlder(newestOf(path.join(ROOT, folder))))
  );
}

if (isCurrent()) await import(pathToFileURL(BUILT).href);
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./tessera.ts');
}
