import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ConceptDependence,
  ImageAblation,
  ImageCounterfactual,
  RunAblation,
} from '../../../main/api/contract.ts';
import { BLUE, RED, scene, writeModel, writePictures, type Blob } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

describe('what-if', () => {
  let folder: string;
  let project: string;
  let images: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-ablate-'));
    const model = await writeModel(path.join(folder, 'model'));
    images = await writePictures(path.join(folder, 'images'), 6);
    project = path.join(folder, 'out.tessera');
    const { code, stderr } = await tessera(
      ...['explain', '--model', model, '--images', images, '--class', 'red', '--select', 'all'],
      ...['--concepts', '2', '--map', 'upsampled-coefficients', '--device', 'cpu', '--out', project],
    );
    expect(code, stderr).toBe(0);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function json<T>(...argv: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await tessera('what-if', project, ...argv, '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as T;
  }

  it('changes nothing at 1, and says the same of a picture of the run and of its file', async () => {
    const own = await json<ImageAblation>('--image', '0', '--scale', '1=1');
    expect(own.changed).toBe(false);
    for (const { before, after } of own.classes) expect(after).toEqual(before);
    const file = path.join(images, '000.png');
    const same = await json<ImageAblation>('--image', file, '--scale', '1=1');
    expect(same.after.name).toBe(own.after.name);
    expect(same.after.probability).toBeCloseTo(own.after.probability!, 4);
  });

  it('counts for each concept the images that need it, as scaling it to 0 does', async () => {
    const all = await json<ConceptDependence[]>();
    expect(all).toHaveLength(3);
    expect(Math.max(...all.map(({ changed }) => changed))).toBeGreaterThan(0);
    for (const { concept, changed } of all) {
      const run = await json<RunAblation>('--scale', `${concept}=0`);
      expect([run.changed, run.images]).toEqual([changed, 6]);
      expect(run.transitions.reduce((sum, { count }) => sum + count, 0)).toBe(6);
      expect(run.flips).toHaveLength(changed);
    }
  });

  it('changes a picture with two colours to the smaller one, which the factors it names then give', async () => {
    const file = path.join(folder, 'both.png');
    const red: Blob = { left: 0, top: 0, side: 16, colour: RED };
    await writeFile(file, await scene([red, { left: 20, top: 20, side: 12, colour: BLUE }]));
    const counterfactual = await json<ImageCounterfactual>(
      '--image',
      file,
      '--counterfactual',
      '--to',
      'blue',
    );
    expect([
      counterfactual.status,
      counterfactual.image.before.name,
      counterfactual.image.after.name,
    ]).toEqual(['found', 'red', 'blue']);
    const scales = Object.entries(counterfactual.factors).map(([id, factor]) => `${id}=${factor}`);
    const again = await json<ImageAblation>('--image', file, '--scale', ...scales);
    expect(again.after.name).toBe('blue');
    const { stdout } = await tessera('what-if', project, '--image', file, '--counterfactual', '--to', 'blue');
    expect(stdout).toContain('The smallest change of the concepts that makes it blue:');
    const old = await tessera('what-if', project, '--image', file, '--mend', '--to', 'blue');
    expect(old.stdout, 'under the name of 0.1').toBe(stdout);
  });

  it('says that a colour which is nowhere in the picture cannot win', async () => {
    const counterfactual = await json<ImageCounterfactual>(
      '--image',
      '0',
      '--counterfactual',
      '--to',
      'green',
    );
    expect([counterfactual.status, counterfactual.image.changed]).toEqual(['not-possible', false]);
  });

  it('prints tables for people', async () => {
    const { stdout } = await tessera('what-if', project);
    expect((await tessera('ablate', project)).stdout, 'under the name of 0.1').toBe(stdout);
    expect(stdout).toContain('decided otherwise without each concept');
    expect((await tessera('what-if', project, '--scale', '1=0')).stdout).toMatch(/of 6 images \(/);
    expect((await tessera('what-if', project, '--image', '1', '--scale', '1=0')).stdout).toContain(
      'The decision',
    );
  });

  it.each([
    [['--scale', '1=0.5', '--scale', 'Concept 1=0.2'], 'Two things are said of "Concept 1"'],
    [['--scale', 'rest=0.5', '--scale', 'rest=0.2'], 'Two things are said of "rest"'],
    [['--scale', '1=3'], 'a factor from 0 to 2, got "1=3"'],
    [['--scale', '1=-1'], 'a factor from 0 to 2, got "1=-1"'],
    [['--scale', '1=NaN'], 'a factor from 0 to 2, got "1=NaN"'],
    [['--scale', 'stamp=0'], 'The run has no concept "stamp".'],
    [['--counterfactual'], '--counterfactual looks for the factors of one image.'],
    [['--to', 'green'], 'Add --counterfactual.'],
    [['--image', '99', '--scale', '1=0'], 'there is no image 99'],
    [['--image', 'gone.png', '--scale', '1=0'], 'gone.png'],
  ])('refuses %j', async (argv, message) => {
    const { code, stderr } = await tessera('what-if', project, ...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
