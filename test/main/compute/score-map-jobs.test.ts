import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, type RunOptions } from '../../../core/concepts/run-options.ts';
import { scanImages } from '../../../core/images/folder-scan.ts';
import { createIntakes } from '../../../main/compute/jobs/intakes.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { runJobs } from '../../../main/compute/jobs/run-jobs.ts';
import { scoreMapJobs } from '../../../main/compute/jobs/score-map-jobs.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import type { RunNews } from '../../../main/compute/protocol.ts';
import { intakeCases, intakeImages } from '../../core/intake/intake-cases.ts';
import { BLUE, RED, scene, temporaryFolder, writeModel } from '../cli/colour-case.ts';

const environment = createNodeEnvironment();
const openIntake = createIntakes(environment);
const jobs = scoreMapJobs(environment, openIntake);

const CONTEXT: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

async function mapCase() {
  const home = await temporaryFolder();
  const model = await writeModel(path.join(home, 'model'));
  const folder = path.join(home, 'images');
  await mkdir(folder);
  for (const [name, colour] of [
    ['a.png', RED],
    ['b.png', BLUE],
  ] as const)
    await writeFile(path.join(folder, name), await scene([{ left: 4, top: 8, side: 12, colour }]));
  await writeFile(path.join(folder, 'c.png'), 'no picture');
  const { images } = await scanImages(environment.storage, [folder]);
  const maps = { method: 'occlusion', seed: 0 } as const;
  return { path: model, images, maps, device: 'cpu', page: path.join(home, 'maps.html') } as const;
}

describe('drawScoreMaps', () => {
  it('tells of each map as it comes, how far it is, and writes a page of them all', async () => {
    const question = await mapCase();
    const news: RunNews[] = [];
    const stands: string[] = [];
    const found = await jobs.drawScoreMaps(question, {
      ...CONTEXT,
      onNews: (one) => news.push(one),
      onProgress: ({ stage, done, total }) => stands.push(`${stage} ${done}/${total}`),
    });
    expect(found.maps.map(({ said }) => said.split(' ')[0])).toEqual(['red', 'blue']);
    expect(news.map((one) => one.kind === 'score-map' && one.found.maps[0])).toEqual(found.maps);
    expect(found.skipped.map(({ file }) => path.basename(file))).toEqual(['c.png']);
    // 100 squares; the picture itself twice; with its most important square covered.
    expect(stands.at(-1)).toBe('maps 206/206');
    const page = await readFile(question.page, 'utf8');
    for (const { map } of found.maps) expect(page).toContain(map);
  });

  it('stops between two passes, and keeps on the page what was drawn', async () => {
    const question = await mapCase();
    const stop = new AbortController();
    const stopped = jobs.drawScoreMaps(question, {
      ...CONTEXT,
      signal: stop.signal,
      onNews: () => stop.abort(),
    });
    await expect(stopped).rejects.toThrow('aborted');
    expect((await readFile(question.page, 'utf8')).match(/<img /g)).toHaveLength(2);
  });

  it('writes no page where nothing was drawn, and says what a model cannot be asked', async () => {
    const question = await mapCase();
    const wrong = { ...question, maps: { ...question.maps, class: 'grean' } };
    await expect(jobs.drawScoreMaps(wrong, CONTEXT)).rejects.toThrow('the model has no class "grean"');
    expect(existsSync(question.page)).toBe(false);
  });
});

describe.skipIf(intakeCases.length === 0)('models without a cut (in ../shared)', () => {
  it.each(['tta_flip', 'ensemble'])('%s: options can be set, and maps are drawn', async (name) => {
    const { file } = intakeCases.find((one) => one.name === name)!;
    const options = { ...DEFAULT_OPTIONS, model: file, images: [intakeImages], class: 'all' } as RunOptions;
    const { checkOptions } = runJobs(environment, openIntake);
    expect(await checkOptions({ model: { path: file }, options }, CONTEXT)).toBeNull();
    const { images } = await scanImages(environment.storage, [intakeImages]);
    const { maps, page } = await mapCase();
    const question = { path: file, images: images.slice(0, 1), maps, device: 'cpu' as const, page };
    expect((await jobs.drawScoreMaps(question, CONTEXT)).maps).toHaveLength(1);
  });
});
