import type { Storage } from '../../../core/platform.ts';

const TEXT = 'Open this file with Tessera to see the project in the folder around it.\n';

/**
 * Writes NAME.tesseraproject into NAME.tessera unless it is there: no system opens a folder by its name, so this file
 * is what a double click opens (electron-builder.yml associates it, services/dropped-paths.ts takes it).
 */
export async function writeShortcut(storage: Storage, folder: string): Promise<void> {
  const name = storage.basename(folder).replace(/\.tessera$/, '');
  const file = storage.join(folder, `${name}.tesseraproject`);
  if (!(await storage.exists(file))) await storage.writeAtomic(file, TEXT);
}
