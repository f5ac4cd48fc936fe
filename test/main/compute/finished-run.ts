import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { BLUE, RED, scene, temporaryFolder, writeModel } from '../cli/colour-case.ts';
import { tessera } from '../cli/run-tessera.ts';

/** A finished run of one concept that joins a red and a blue square; in a folder that is gone after the test, or in `own`. */
export async function finishedRun(own?: string) {
  const home = own ?? (await temporaryFolder());
  const model = await writeModel(path.join(home, 'model'));
  const images = path.join(home, 'images');
  await mkdir(images);
  for (let i = 0; i < 6; i++) {
    const blobs = [
      { left: 4 * (i % 4), top: 0, side: 8, colour: RED },
      { left: 4 * (i % 3), top: 8 + 4 * (i % 4), side: 8, colour: BLUE },
    ];
    await writeFile(path.join(images, `${i}.png`), await scene(blobs));
  }
  const folder = path.join(home, 'out.tessera');
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--select', 'all'];
  const { code, stderr } = await tessera(...argv, '--concepts', '1', '--device', 'cpu', '--out', folder);
  expect(code, stderr).toBe(0);
  return { home, question: { folder, key: 'key', runId: 'run1' } };
}
