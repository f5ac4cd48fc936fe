import { createHash } from 'node:crypto';
import type { FolderScan } from '../../core/images/folder-scan.ts';
import type { Storage } from '../../core/platform.ts';

/** Files that are looked at: of a larger set a change of the others is only noticed by a name that came or went. */
const MOST_FILES = 5000;
const AT_ONCE = 32;

/** Another text for images that came, went or were changed since: by their names, sizes and times. */
export async function scanStamp(storage: Pick<Storage, 'stat'>, { images }: FolderScan): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(images.map(({ path }) => path)));
  for (let start = 0; start < Math.min(MOST_FILES, images.length); start += AT_ONCE) {
    const some = images.slice(start, Math.min(MOST_FILES, start + AT_ONCE));
    const stats = some.map(({ path }) => storage.stat(path).catch(() => ({ size: -1, modifiedMs: 0 })));
    for (const { size, modifiedMs } of await Promise.all(stats)) hash.update(`${size} ${modifiedMs};`);
  }
  return hash.digest('hex');
}
