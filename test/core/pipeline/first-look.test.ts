import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveOptions, type GivenOptions } from '../../../core/concepts/run-options.ts';
import { firstLook } from '../../../core/pipeline/first-look.ts';
import { openKeptAnswers } from '../../../core/pipeline/kept-answers.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { resolveQuestion } from '../../../core/pipeline/question.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { BLUE, RED, scene, writeModel } from '../../main/cli/colour-case.ts';

const COUNT = 100;

describe('firstLook', () => {
  let home: string;
  let model: string;
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tessera-first-look-'));
    model = await writeModel(path.join(home, 'model'));
    for (const name of ['many', 'few']) await mkdir(path.join(home, name));
    for (let i = 0; i < COUNT; i++) {
      const blob = { left: i % 16, top: 4 * (i % 5), side: 8, colour: i % 4 === 0 ? BLUE : RED };
      const file = `${String(i).padStart(3, '0')}.png`;
      await writeFile(path.join(home, 'many', file), await scene([blob]));
      if (i < 10) await writeFile(path.join(home, 'few', file), await scene([blob]));
    }
  });

  afterAll(() => rm(home, { recursive: true, force: true }));

  async function look(more: Partial<GivenOptions> = {}, folder = 'many', answers?: string) {
    const decoded: string[] = [];
    const plain = createNodeEnvironment();
    const environment = {
      ...plain,
      ...(answers !== undefined && { answers }),
      codec: {
        ...plain.codec,
        decodeFitted: (...asked: Parameters<typeof plain.codec.decodeFitted>) => {
          decoded.push(path.basename(asked[0]));
          return plain.codec.decodeFitted(...asked);
        },
      },
    };
    const images = [path.join(home, folder)];
    const options = resolveOptions({ model, images, class: 'red', concepts: 2, device: 'cpu', ...more });
    const intake = await openModel(environment.storage, model, options);
    const question = await resolveQuestion(environment.storage, intake, options);
    const device = await environment.openDevice('cpu');
    const run = (signal?: AbortSignal) => firstLook({ environment, device, signal }, question, options, 4);
    return { run, decoded, question, environment, intake, device };
  }

  it('shows concepts of some of the images that the model puts into the class, and stores nothing', async () => {
    const { run, decoded } = await look();
    const before = await readdir(home, { recursive: true });
    const found = await run();
    // 64 are asked about, three in four are red, and 48 of those are looked at.
    expect(decoded).toHaveLength(64 + 48);
    expect(found?.images).toHaveLength(48);
    const isBlue = (file: string): boolean => Number(path.basename(file, '.png')) % 4 === 0;
    expect(found?.images.some((image) => isBlue(image.path))).toBe(false);
    expect(found?.crops.length).toBeGreaterThan(0);
    expect(found?.crops[0]).toHaveLength(4);
    // Where the one concept that is in every red picture is strongest is where the red is.
    for (const { image, box } of found!.crops[0]) {
      const i = Number(path.basename(found!.images[image].path, '.png'));
      expect(Math.abs(box[0] + box[2] / 2 - ((i % 16) + 4))).toBeLessThanOrEqual(6);
    }
    expect(await readdir(home, { recursive: true })).toEqual(before);
  });

  it('asks about no image of which an answer is kept', async () => {
    const { run, decoded, question, ...rest } = await look({}, 'many', path.join(home, 'answers'));
    const kept = await openKeptAnswers(rest.environment, rest);
    const stamped = await Promise.all(
      question.files.map(async (file) => ({
        file,
        sha256: await rest.environment.storage.hashFile(file.path),
      })),
    );
    // The blue ones are kept as red, so that it shows that they are not asked about.
    for (const { sha256 } of stamped) kept.add(sha256, { index: 0, probability: 1, isTransparent: false });
    await kept.save();
    for (const { file, sha256 } of stamped)
      Object.assign(file, { stamp: { size: 0, modifiedMs: 0, sha256 } });
    const found = await run();
    expect(found?.images).toHaveLength(48);
    expect(decoded).toHaveLength(48);
  });

  it('leaves it to the run where it would not come sooner, or concepts are of another kind', async () => {
    for (const { run, decoded } of [
      await look({}, 'few'),
      await look({ bank: 'sparse' }),
      await look({ sharing: 'shared' }),
    ]) {
      expect(await run()).toBeUndefined();
      expect(decoded).toEqual([]);
    }
  });

  it('leaves it to the run to say that no image is of the class', async () => {
    const { run } = await look({ class: 'green' });
    expect(await run()).toBeUndefined();
  });

  it('ends with the reason of whoever stops it', async () => {
    const { run } = await look();
    await expect(run(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});
