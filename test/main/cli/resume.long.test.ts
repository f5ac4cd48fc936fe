import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRun, openProject } from '../../../core/project/project-folder.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { differences, projectFacts } from '../../campaign/project-facts.ts';
import { temporaryFolder, writeModel, writePictures } from './colour-case.ts';
import { tessera, tesseraProcess } from './run-tessera.ts';

/** A run of every stage: maps by gradients, parts, and all figures. */
async function everyStage() {
  const folder = await temporaryFolder();
  const model = await writeModel(path.join(folder, 'model'));
  const images = await writePictures(path.join(folder, 'images'), 24);
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--concepts', '2'];
  const choices = [
    '--rows',
    'grid',
    '--device',
    'cpu',
    ...['gated-gradient', 'grad-cam', 'occlusion'].flatMap((map) => ['--map', map]),
  ];
  return { folder, argv: [...argv, ...choices, '--evaluate', 'full', '--json', '--out'] };
}

/** Where a run can be stopped: before each stage's first piece, and within the maps of one image, so many pieces later. */
const PLACES = [
  'cache/predictions-',
  'cache/rows-',
  'cache/bank-',
  'cache/coefficients-',
  'cache/importance-',
  'cache/removals-',
  'cache/maps-gated-gradient-',
  'cache/maps-gated-gradient- 1',
  'cache/maps-grad-cam-',
  'cache/maps-grad-cam- 1',
  'cache/maps-occlusion-',
  'coefficients.safetensors',
  'tensors.safetensors',
  'cache/evaluation-',
  'cache/rank-',
  'evaluation.json',
  'explained.safetensors',
  'report.html',
];

describe('a project whose run was stopped', { timeout: 600_000 }, () => {
  it('says the same as that of an undisturbed run, in every byte but times, and so does a second run', async () => {
    const { folder, argv } = await everyStage();
    // The same place, as the command that repeats a run names it.
    const out = path.join(folder, 'colours.tessera');
    expect(await tessera(...argv, out)).toMatchObject({ code: 0 });
    const whole = await projectFacts(out);
    const run1 = await loadRun(await openProject(fileStorage, out), 'run1');
    const shares = run1.explanation!.maps!.map(({ nearDegenerate }) => nearDegenerate);
    expect(shares).toEqual([expect.any(Number), expect.any(Number), undefined]);

    expect(await tessera(...argv, out)).toMatchObject({ code: 0 });
    const again = new Map(
      [...(await projectFacts(out))]
        .filter(([name]) => name.startsWith('runs/run2/'))
        .map(([name, fact]) => [name.replace('run2', 'run1'), fact.replaceAll('run2', 'run1')]),
    );
    const first = new Map(
      [...whole].filter(([name]) => name.startsWith('runs/') && name !== 'runs/run1/tensors.safetensors'),
    );
    again.delete('runs/run1/tensors.safetensors');
    expect(differences(first, again)).toEqual([]);

    await rm(out, { recursive: true });
    for (const place of PLACES) {
      const [pattern, after = '0'] = place.split(' ');
      const killed = await tesseraProcess([...argv, out], {
        stopsAtWrite: true,
        env: { TESSERA_STOP_AT: pattern, TESSERA_STOP_AFTER: after },
      });
      expect(killed, place).toMatchObject({ signal: 'SIGKILL' });
    }
    expect(await tessera(...argv, out)).toMatchObject({ code: 0 });
    expect(differences(whole, await projectFacts(out))).toEqual([]);
  });
});
