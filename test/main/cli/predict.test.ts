import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { csvParse } from 'd3';
import { describe, expect, it } from 'vitest';
import type { PredictionFacts } from '../../../main/cli/predict-output.ts';
import { BLUE, RED, scene, temporaryFolder, writeModel } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

const square = (colour: typeof RED) => scene([{ left: 4, top: 4, side: 16, colour }]);

/** red/: two red pictures and a blue one; blue/: a blue one; other/: a red one; broken.png. */
async function colourFolders() {
  const folder = await temporaryFolder();
  const model = await writeModel(path.join(folder, 'model'));
  const images = path.join(folder, 'images');
  const write = async (name: string, colour: typeof RED) => {
    await mkdir(path.dirname(path.join(images, name)), { recursive: true });
    await writeFile(path.join(images, name), await square(colour));
  };
  await write('red/a.png', RED);
  await write('red/b, "b".png', RED);
  await write('red/c.png', BLUE);
  await write('blue/d.png', BLUE);
  await write('other/e.png', RED);
  await writeFile(path.join(images, 'broken.png'), 'no picture');
  return { folder, model, images };
}

/** On the CPU: looking for devices takes seconds. */
const predict = (...argv: readonly string[]) => tessera('predict', ...argv, '--device', 'cpu');

async function facts(...argv: readonly string[]): Promise<PredictionFacts> {
  const { code, stdout, stderr } = await predict(...argv, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as PredictionFacts;
}

describe('predict', () => {
  it('says of every picture the answer, the next class and what its folder says', async () => {
    const { model, images } = await colourFolders();
    const {
      known,
      hits,
      confusion,
      images: all,
      skipped,
    } = await facts('--model', model, '--images', images);
    expect([known, hits]).toEqual([4, 3]);
    const [red, blue] = [
      { index: 0, name: 'red' },
      { index: 2, name: 'blue' },
    ];
    expect(confusion).toEqual([
      { folderClass: red, answer: red, images: 2 },
      { folderClass: red, answer: blue, images: 1 },
      { folderClass: blue, answer: blue, images: 1 },
    ]);
    const byName = new Map(all.map((image) => [path.basename(image.file), image]));
    expect(byName.get('c.png')).toMatchObject({ answer: blue, folderClass: red, right: false });
    expect(byName.get('e.png')).toMatchObject({ answer: red, folderClass: null, right: null });
    for (const { answer, runnerUp } of all) {
      expect(runnerUp!.index).not.toBe(answer!.index);
      expect(runnerUp!.probability!).toBeLessThanOrEqual(answer!.probability!);
      expect(answer!.probability! + runnerUp!.probability!).toBeLessThanOrEqual(1 + 1e-6);
    }
    expect(skipped.map(({ file }) => path.basename(file))).toEqual(['broken.png']);
  });

  it('knows the class of folders that are given one by one', async () => {
    const { model, images } = await colourFolders();
    const folders = ['red', 'blue'].map((name) => path.join(images, name));
    expect(await facts('--model', model, '--images', ...folders)).toMatchObject({ known: 4, hits: 3 });
  });

  it('writes a table that a spreadsheet reads, whatever the names', async () => {
    const { folder, model, images } = await colourFolders();
    const file = path.join(folder, 'answers.csv');
    const { code, stdout } = await predict('--model', model, '--images', images, '--csv', file);
    expect(code).toBe(0);
    expect(stdout).toContain('3 of 4 images in folders that name a class are called what the folder says');
    expect(stdout).toMatch(/red +blue +1/);
    const rows = csvParse(await readFile(file, 'utf8'));
    expect(rows).toHaveLength(5);
    expect(rows.find((row) => row['file'].endsWith('b, "b".png'))).toMatchObject({
      answer: 'red',
      right: 'yes',
    });
    expect(rows.find((row) => row['file'].endsWith('e.png'))).toMatchObject({ folder_class: '', right: '' });
  });

  it('says so where no folder names a class', async () => {
    const { folder, model, images } = await colourFolders();
    const plain = path.join(folder, 'plain');
    await cp(path.join(images, 'red'), plain, { recursive: true });
    const { stdout } = await predict('--model', model, '--images', plain);
    expect(stdout).toContain('3 images; no folder names a class of the model');
    expect(stdout).not.toContain('NaN');
  });

  it('tells what it takes, and a table that cannot be written', async () => {
    const { model, images } = await colourFolders();
    expect(await predict('--model', model)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('predict takes a model and folders of images') as string,
    });
    const { code, stderr } = await predict(
      ...['--model', model, '--images', images, '--csv', path.join(images, 'none', 'x.csv')],
    );
    expect(code).toBe(1);
    expect(stderr).toContain('cannot be written');
    expect(stderr).not.toContain('    at ');
  });
});
