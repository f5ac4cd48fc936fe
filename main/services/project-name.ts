import path from 'node:path';

/** What people call the project in a folder. */
export function projectName(folder: string): string {
  return path.basename(folder).replace(/\.tessera$/, '');
}
