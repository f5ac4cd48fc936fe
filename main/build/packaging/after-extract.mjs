import { rm } from 'node:fs/promises';
import path from 'node:path';

/** A runtime given by `electronDist` may carry an app of its own; ours replaces it. */
export default async function afterExtract({ appOutDir }) {
  await rm(path.join(appOutDir, 'resources/app'), { recursive: true, force: true });
}
