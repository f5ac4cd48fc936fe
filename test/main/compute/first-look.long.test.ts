import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import { createIntakes } from '../../../main/compute/jobs/intakes.ts';
import { runJobs } from '../../../main/compute/jobs/run-jobs.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import type { RunNews } from '../../../main/compute/protocol.ts';
import { BLUE, RED, scene, temporaryFolder, writeModel } from '../cli/colour-case.ts';

describe('a run in the window', () => {
  it('shows a first look before its own concepts, and again only where it begins anew', async () => {
    const home = await temporaryFolder();
    const model = await writeModel(path.join(home, 'model'));
    const images = path.join(home, 'images');
    await mkdir(images);
    for (let i = 0; i < 100; i++) {
      const blob = { left: i % 16, top: 4 * (i % 5), side: 8, colour: i % 10 === 0 ? BLUE : RED };
      await writeFile(path.join(images, `${i}.png`), await scene([blob]));
    }
    const environment = createNodeEnvironment();
    const jobs = runJobs(environment, createIntakes(environment));
    const asked = { model, images: [images], class: 'red', concepts: 2, device: 'cpu' } as const;
    const options = resolveOptions({ ...asked, evaluate: 'none', maps: ['upsampled-coefficients'] });
    const folder = path.join(home, 'out.tessera');
    const question = { folder, options, command: '', cache: path.join(home, 'cache') };
    const toldUntil = async (isEnd: (news: RunNews) => boolean) => {
      const told: RunNews[] = [];
      const stop = new AbortController();
      const onNews = (news: RunNews): void => {
        told.push(news);
        if (isEnd(news)) stop.abort();
      };
      await jobs
        .explain(question, { signal: stop.signal, onProgress: () => undefined, onNews })
        .catch(() => undefined);
      return told.filter((news) => news.kind === 'concepts');
    };
    const stopped = await toldUntil((news) => news.kind === 'concepts' && news.of === undefined);
    expect(stopped.map(({ of, files }) => [of, files.length])).toEqual([
      [100, 48],
      [undefined, 90],
    ]);
    // A run that goes on has what it needs for its own.
    const resumed = await toldUntil(() => false);
    expect(resumed.map(({ of, files }) => [of, files.length])).toEqual([[undefined, 90]]);
    expect(resumed[0].crops).toEqual(stopped[1].crops);
  });
});
