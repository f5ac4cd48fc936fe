import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import { scanImages } from '../../../core/images/folder-scan.ts';
import { createIntakes } from '../../../main/compute/jobs/intakes.ts';
import { evaluationJobs } from '../../../main/compute/jobs/evaluation-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { predictionJobs } from '../../../main/compute/jobs/prediction-jobs.ts';
import { runJobs } from '../../../main/compute/jobs/run-jobs.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import type { RunNews } from '../../../main/compute/protocol.ts';
import { BLUE, RED, scene, temporaryFolder, writeModel } from '../cli/colour-case.ts';

/** Pictures, a model, and jobs that tell which files were decoded. */
async function predictionCase(count = 20) {
  const home = await temporaryFolder();
  const model = await writeModel(path.join(home, 'model'));
  const images = path.join(home, 'images');
  await mkdir(images);
  const addPicture = async (name: string, i: number): Promise<void> => {
    const blob = { left: i % 16, top: 4 * (i % 5), side: 8, colour: i % 2 === 0 ? RED : BLUE };
    await writeFile(path.join(images, name), await scene([blob]));
  };
  for (let i = 0; i < count; i++) await addPicture(`${String(i).padStart(2, '0')}.png`, i);
  const decoded: string[] = [];
  const plain = createNodeEnvironment();
  const environment = {
    ...plain,
    codec: {
      ...plain.codec,
      decodeFitted: (...asked: Parameters<typeof plain.codec.decodeFitted>) => {
        decoded.push(path.basename(asked[0]));
        return plain.codec.decodeFitted(...asked);
      },
    },
  };
  const openIntake = createIntakes(environment);
  const cache = path.join(home, 'cache');
  const predict = async (more: Partial<JobContext> = {}, preprocessing?: string) => {
    decoded.length = 0;
    const scan = await scanImages(plain.storage, [images]);
    const question = { path: model, ...(preprocessing !== undefined && { preprocessing }) };
    return predictionJobs(environment, openIntake).predictAll(
      { ...question, images: scan.images, cache, device: 'cpu' },
      { ...CONTEXT, ...more },
    );
  };
  return { home, model, images, cache, environment, openIntake, decoded, addPicture, predict };
}

const CONTEXT: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

describe('predictAll', () => {
  it('asks about a picture once, whatever the set, and by content, whatever its name', async () => {
    const { images, decoded, addPicture, predict } = await predictionCase();
    const first = await predict();
    expect(decoded).toHaveLength(20);
    await addPicture('99.png', 77);
    const more = await predict();
    expect(decoded).toEqual(['99.png']);
    expect(more.predicted.slice(0, 20)).toEqual(first.predicted);
    await rename(path.join(images, '00.png'), path.join(images, '50.png'));
    await predict();
    expect(decoded).toEqual([]);
    await copyFile(path.join(images, '99.png'), path.join(images, '01.png'));
    expect((await predict()).predicted[0]).toEqual(more.predicted.at(-1));
    expect(decoded).toEqual([]);
    await predict({}, 'raw');
    expect(decoded).toHaveLength(21);
  });

  it('tells of the answers as they come, and keeps those before it was given up', async () => {
    const { decoded, predict } = await predictionCase(40);
    const stop = new AbortController();
    const news: RunNews[] = [];
    const onNews = (one: RunNews): void => {
      news.push(one);
      stop.abort();
    };
    await expect(predict({ signal: stop.signal, onNews })).rejects.toThrow();
    expect(news).toMatchObject([{ kind: 'predictions', images: Array.from({ length: 16 }, (_, i) => i) }]);
    await predict();
    expect(new Set(decoded).size).toBe(24);
    expect(decoded).not.toContain('15.png');
  });

  it('asks again where what was kept is damaged', async () => {
    const { cache, decoded, predict } = await predictionCase(3);
    const first = await predict();
    const place = path.join(cache, 'predictions');
    const [own] = await readdir(place);
    const [name] = (await readdir(path.join(place, own))).filter((one) => one.endsWith('.jsonl'));
    const file = path.join(place, own, name);
    await writeFile(file, (await readFile(file, 'utf8')).replace('"index":0', '"index":2'));
    expect(await predict()).toEqual(first);
    expect(decoded).toHaveLength(3);
  });
});

describe('what is computed before a run', () => {
  it('makes no project and changes none; the run takes the answers over', async () => {
    const { home, model, images, cache, environment, openIntake, decoded, predict } = await predictionCase();
    const folder = path.join(home, 'own.tessera');
    const options = resolveOptions({
      model,
      images: [images],
      class: 'red',
      device: 'cpu',
      evaluate: 'none',
    });
    const small = { ...options, concepts: 2, maps: ['upsampled-coefficients' as const] };
    const { rankOfOptions } = evaluationJobs(environment, openIntake, () => Promise.reject(new Error()));
    const { explain } = runJobs(environment, openIntake);
    await predict();
    await rankOfOptions({ folder, options: small, cache }, CONTEXT);
    expect(await readdir(home)).not.toContain('own.tessera');

    decoded.length = 0;
    const asked: string[] = [];
    const onProgress: JobContext['onProgress'] = ({ stage }) => {
      if (stage === 'predictions') asked.push(...decoded);
    };
    await explain({ folder, options: small, command: '', cache }, { ...CONTEXT, onProgress });
    expect(asked).toEqual([]);
    const project = await readFile(path.join(folder, 'project.json'), 'utf8');
    await writeFile(path.join(images, 'later.png'), await scene([]));
    await predict();
    await rankOfOptions(
      { folder, options: { ...small, images: [path.join(images, '00.png'), images] }, cache },
      CONTEXT,
    );
    expect(await readFile(path.join(folder, 'project.json'), 'utf8')).toBe(project);
  }, 60_000);
});
