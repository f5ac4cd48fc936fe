import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { RunQuestion } from '../../../main/compute/protocol.ts';
import { BLUE, RED, scene, writeModel } from '../cli/colour-case.ts';
import { tessera } from '../cli/run-tessera.ts';

/** A finished run of two concepts: red squares and blue ones, which are never in one picture. */
export async function twoColourRun(home: string): Promise<RunQuestion> {
  const images = path.join(home, 'images');
  await mkdir(images);
  for (let i = 0; i < 24; i++) {
    const blob = {
      left: 4 * (i % 5),
      top: 4 * (i % 3),
      side: 10 + (i % 3),
      colour: i % 2 === 0 ? RED : BLUE,
    };
    await writeFile(path.join(images, `${String(i).padStart(2, '0')}.png`), await scene([blob]));
  }
  const folder = path.join(home, 'out.tessera');
  const model = await writeModel(path.join(home, 'model'));
  const argv = ['--model', model, '--images', images, '--class', 'red', '--select', 'all', '--patch', '12'];
  const own = ['--concepts', '2', '--evaluate', 'none', '--device', 'cpu', '--out', folder];
  const { code, stderr } = await tessera('explain', ...argv, ...own);
  expect(code, stderr).toBe(0);
  return { folder, key: 'key', runId: 'run1' };
}
