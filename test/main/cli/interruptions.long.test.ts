import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, writeModel, writePictures } from './colour-case.ts';
import { findingsOf, tessera, tesseraProcess } from './run-tessera.ts';

/** Enough red pictures that every stage has a second chunk. */
const PICTURES = 100;

async function manyPictures() {
  const folder = await temporaryFolder();
  const model = await writeModel(path.join(folder, 'model'));
  const images = await writePictures(path.join(folder, 'images'), PICTURES);
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--concepts', '2'];
  return { folder, argv: [...argv, '--rows', 'grid', '--device', 'cpu', '--json', '--out'] };
}

/** In the order of the stages: each kill comes later than what the run before had reached. */
const PLACES = [
  'predictions-.*/001',
  'rows-.*/001',
  'cache/bank-',
  'coefficients-.*/001',
  'importance-.*/001',
  'tensors.safetensors',
  'report.html',
];

describe('a run that is stopped', { timeout: 400_000 }, () => {
  it('by SIGKILL, in one stage after the other: goes on each time, to the result of an undisturbed run', async () => {
    const { folder, argv } = await manyPictures();
    const whole = await tessera(...argv, path.join(folder, 'whole.tessera'));
    expect(whole.code).toBe(0);
    const out = path.join(folder, 'killed.tessera');
    for (const place of PLACES) {
      const env = { TESSERA_STOP_AT: place };
      const killed = await tesseraProcess([...argv, out], { stopsAtWrite: true, env });
      expect(killed, place).toMatchObject({ signal: 'SIGKILL', stdout: '' });
    }
    const done = await tessera(...argv, out);
    expect(done.code).toBe(0);
    expect(findingsOf(done.stdout)).toEqual(findingsOf(whole.stdout));
    const left = await readdir(out, { recursive: true });
    expect(left.filter((name) => name.endsWith('.tmp') || name.endsWith('.lock'))).toEqual([]);
  });

  it('by Ctrl-C: exit code 1, and the same command says that it continues, and does', async () => {
    const { folder, argv } = await manyPictures();
    const out = path.join(folder, 'stopped.tessera');
    const env = { TESSERA_STOP_AT: 'cache/rows-', TESSERA_STOP_SIGNAL: 'SIGINT' };
    const stopped = await tesseraProcess([...argv, out], { stopsAtWrite: true, env });
    expect(stopped.stderr).toContain('Stopped. The same command continues where it stopped.');
    expect(stopped).toMatchObject({ code: 1, stdout: '' });
    expect(await readdir(out)).not.toContain('write.lock');

    const continued = await tessera(...argv, out);
    expect(continued.stderr).toContain('Continuing run1, which was stopped before its end.');
    expect(JSON.parse(continued.stdout)).toMatchObject({ run: 'run1', resumed: true });
    const whole = await tessera(...argv, path.join(folder, 'whole.tessera'));
    expect(findingsOf(continued.stdout)).toEqual(findingsOf(whole.stdout));
  });
});
