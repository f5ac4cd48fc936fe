import path from 'node:path';
import { shownName } from '../../core/wording/shown-name.ts';

/** What people call the project in a folder. */
export function projectName(folder: string): string {
  return shownName(path.basename(folder).replace(/\.tessera$/, ''));
}
