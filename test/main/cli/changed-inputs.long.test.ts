import { readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { oldProject } from '../../fixtures/old-project.ts';
import { blobsOf, scene, temporaryFolder, writeModel, writePictures } from './colour-case.ts';
import { findingsOf, tessera } from './run-tessera.ts';

const CONTEXT: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

async function explained(more: readonly string[] = []) {
  const folder = await temporaryFolder();
  const model = await writeModel(path.join(folder, 'model'));
  const images = await writePictures(path.join(folder, 'images'), 12);
  const project = path.join(folder, 'out.tessera');
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--concepts', '2'];
  const command = [...argv, '--device', 'cpu', '--out', project, '--json', ...more];
  const first = await tessera(...command);
  expect(first.code, first.stderr).toBe(0);
  return { folder, model, images, project, command, first };
}

/** Writes another picture over one, of the same size in bytes and with the same time, as a hostile or careful tool does. */
async function overwrite(file: string, isDisguised = false): Promise<void> {
  const { size, atime, mtime } = await stat(file);
  const other = await scene(blobsOf(2));
  const padded = Buffer.concat([other, Buffer.alloc(Math.max(0, size - other.length))]);
  await writeFile(file, isDisguised ? padded : other);
  if (isDisguised) await utimes(file, atime, mtime);
}

describe('a picture that was changed after the run', () => {
  it.each([false, true])('is told and left blank by report (time and size kept: %s)', async (isDisguised) => {
    const { project, images } = await explained(['--evaluate', 'none']);
    const before = await tessera('report', project);
    expect(before.stderr).not.toContain('since');
    await overwrite(path.join(images, '000.png'), isDisguised);
    const { code, stderr, stdout } = await tessera('report', project);
    expect(code).toBe(0);
    expect(stderr).toContain(
      'Of the 8 images of the run 1 was changed since; the numbers are those of the run.',
    );
    const html = await readFile(stdout.trim(), 'utf8');
    expect(html).toContain('Of the 8 images of the run 1 was changed since');
    expect(html).toContain(`Images that were changed are left blank: ${path.join(images, '000.png')}.`);
  });

  it('is left blank as a mistake, too, though it is not among the explained ones', async () => {
    const folder = await temporaryFolder();
    const model = await writeModel(path.join(folder, 'model'));
    const images = await writePictures(path.join(folder, 'red'), 5);
    const project = path.join(folder, 'out.tessera');
    const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--concepts', '2'];
    const { code, stderr } = await tessera(
      ...argv,
      '--device',
      'cpu',
      '--evaluate',
      'none',
      '--out',
      project,
    );
    expect(code, stderr).toBe(0);
    // 002.png is blue: the model says so, its folder does not.
    const mistake = async (): Promise<number[]> => {
      const { stdout } = await tessera('report', project);
      const html = await readFile(stdout.trim(), 'utf8');
      const [, list] = html.split('<ul class="mistakes">');
      expect(list).toContain('002.png');
      const [, jpeg] = /src="data:image\/jpeg;base64,([^"]+)"/.exec(list)!;
      const { channels } = await sharp(Buffer.from(jpeg, 'base64')).stats();
      return channels.map(({ stdev }) => stdev);
    };
    expect(Math.max(...(await mistake()))).toBeGreaterThan(5);
    await writeFile(path.join(images, '002.png'), await scene(blobsOf(0)));
    expect(Math.max(...(await mistake()))).toBeLessThan(1);
  });

  it('is refused by every computation, and taken again once it is back', async () => {
    const { project, images } = await explained();
    const file = path.join(images, '000.png');
    const own = await readFile(file);
    await overwrite(file);
    const refused = [
      ['what-if', project, '--scale', 'Concept 1=0'],
      ['decompose', project, '--concept', 'Concept 1'],
    ];
    for (const argv of refused) {
      const { code, stderr } = await tessera(...argv);
      expect(stderr, argv.join(' ')).toContain(`Of the 8 images of the run 1 was changed since: ${file}.`);
      expect(stderr).toContain('Put the files back as they were, or run again on what is there now.');
      expect(code).toBe(2);
    }
    const jobs = createJobs({});
    const question = { folder: project, runId: 'run1', key: 'k' };
    const one = { ...question, image: 0, factors: {} };
    await expect(jobs.ablateImage(one, CONTEXT)).rejects.toMatchObject({
      code: 'bad-image',
      message: `${file} is no longer the picture that the run had: the file was changed.`,
    });
    await expect(jobs.evaluateRun({ ...question, level: 'quick' }, CONTEXT)).rejects.toMatchObject({
      code: 'bad-image',
    });
    await expect(
      jobs.readImage({ ...question, image: 0, method: 'saliency' }, CONTEXT),
    ).rejects.toMatchObject({
      code: 'bad-image',
    });
    // Where no method is asked for, what the run has of the image is shown, and why: first the maps that it drew.
    const usual = await jobs.readImage({ ...question, image: 0 }, CONTEXT);
    expect(usual).toMatchObject({ method: 'gated-gradient', standInReason: null });
    await rm(path.join(project, 'cache'), { recursive: true });
    expect(await jobs.readImage({ ...question, image: 0 }, CONTEXT)).toMatchObject({
      method: 'coefficients',
      standInReason: expect.stringContaining('changed') as string,
    });
    const picture = { kind: 'run', ...question, side: 96 } as const;
    const name = { kind: 'image', project: 'k', run: 'run1', image: 0 } as const;
    const made = path.join(project, 'thumb.jpg');
    await expect(
      jobs.makePicture({ picture: { ...picture, name }, path: made }, CONTEXT),
    ).rejects.toMatchObject({ code: 'bad-image' });
    // Its neighbour is what it was.
    expect((await jobs.ablateImage({ ...one, image: 1 }, CONTEXT)).changed).toBe(false);
    expect(
      (await jobs.listRunImages({ ...question, offset: 0, limit: 500 }, CONTEXT)).images.map(
        ({ change }) => change,
      ),
    ).toEqual(['changed', ...new Array<null>(11).fill(null)]);
    expect(await jobs.readInputs(question, CONTEXT)).toEqual({
      ...{ isKnown: true, images: 8, changed: 1, missing: 0, cards: [] },
    });
    await writeFile(file, own);
    const again = await tessera(...refused[0]);
    expect(again.stderr).not.toContain('since');
    expect(again.code).toBe(0);
    await rm(file);
    expect((await jobs.readInputs(question, CONTEXT)).missing).toBe(1);
  });

  it('is another picture for a new run, even of the same size and time; a touched one is the same', async () => {
    const { project, images, command, first } = await explained(['--evaluate', 'none']);
    const cache = path.join(project, 'cache');
    const entries = async () => (await readdir(cache)).sort();
    const before = await entries();
    for (const name of await readdir(images)) await utimes(path.join(images, name), new Date(), new Date());
    const touched = await tessera(...command);
    expect(findingsOf(touched.stdout)).toEqual(findingsOf(first.stdout));
    expect(await entries(), 'nothing was computed anew').toEqual(before);
    for (const name of await readdir(images)) await overwrite(path.join(images, name), true);
    const other = await tessera(...command);
    expect(other.stderr).toContain('The model predicts "red" for none of the 12 images.');
    expect(other.code).toBe(2);
  });
});

describe('a card that was changed after the run', () => {
  it("is told, and the run's own preprocessing goes on being used", async () => {
    const { project, folder } = await explained(['--evaluate', 'none']);
    const whatIf = () => tessera('what-if', project, '--scale', 'Concept 1=0', '--json');
    const before = await whatIf();
    const card = path.join(folder, 'model', 'colours.json');
    const preprocessing = { size: 32, fit: 'stretch', channelOrder: 'BGR', mean: [9, 9, 9] };
    await writeFile(card, JSON.stringify({ labels: ['x', 'y', 'z'], preprocessing }));
    const after = await whatIf();
    expect(after.stderr).toContain(`${card} was changed since the run; the run's own preprocessing is used.`);
    expect(after.stdout).toBe(before.stdout);
    await writeFile(card, 'no longer JSON');
    expect((await whatIf()).stdout).toBe(before.stdout);
  });
});

describe('a model that was changed after the run', () => {
  it('is refused', async () => {
    const { project, model } = await explained(['--evaluate', 'none']);
    const bytes = await readFile(model);
    await writeFile(model, Buffer.concat([bytes, Buffer.from([0x7a, 0])]));
    const { code, stderr } = await tessera('what-if', project, '--scale', 'Concept 1=0');
    expect(stderr).toContain(`${model} is no longer the model that this run explains.`);
    expect(code).toBe(2);
  });
});

describe('a run of before its images were recorded', () => {
  it('says that it is not known, and works as ever', async () => {
    const { project } = await oldProject();
    const { code, stderr } = await tessera('what-if', project, '--run', 'run1', '--scale', 'Concept 1=0');
    expect(stderr).toContain('whether they were changed since is not known.');
    expect(code).toBe(0);
  });
});

describe('transparent pictures', () => {
  it('are counted, and taken as asked', async () => {
    const { project, images, command, first } = await explained(['--evaluate', 'none']);
    for (const name of ['000.png', '001.png']) {
      const file = path.join(images, name);
      const { data, info } = await sharp(await readFile(file))
        .ensureAlpha(1)
        .raw()
        .toBuffer({ resolveWithObject: true });
      // Half of it: what is transparent everywhere is left out.
      for (let at = 3; at < data.length / 2; at += 4) data[at] = 0;
      await writeFile(
        file,
        await sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } })
          .png()
          .toBuffer(),
      );
    }
    const white = await tessera(...command);
    expect(white.stderr).toContain(
      '2 images have transparent pixels, which were laid on white; most training leaves alpha out. See --alpha.',
    );
    expect(JSON.parse(white.stdout)).toMatchObject({ transparent: { images: 2, alpha: 'white' } });
    expect(findingsOf(white.stdout)).not.toEqual(findingsOf(first.stdout));
    const dropped = await tessera(...command, '--alpha', 'drop');
    expect(dropped.stderr).toContain(
      '2 images have transparent pixels, which were taken in the colours stored under them.',
    );
    expect(JSON.parse(dropped.stdout)).toMatchObject({
      images: 8,
      transparent: { images: 2, alpha: 'drop' },
    });
    const again = await tessera('what-if', project, '--scale', 'Concept 1=0', '--json');
    expect(again.code, again.stderr).toBe(0);
  });
});
