import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseLayer } from '../../../../core/pipeline/choose-layer.ts';
import { openModel } from '../../../../core/pipeline/model-intake.ts';
import { runnerFor } from '../../../../core/pipeline/model-parts.ts';
import { readBatch, requireAll } from '../../../../core/pipeline/pictures.ts';
import type { ScoredScope } from '../../../../core/pipeline/run-context.ts';
import { scoredBy } from '../../../../core/pipeline/scored-model.ts';
import { openScoreMapper } from '../../../../core/pipeline/study/score-mapper.ts';
import { float32, type Tensor } from '../../../../core/tensor.ts';
import { createNodeEnvironment } from '../../../../main/compute/node-environment.ts';
import { BLUE, RED, scene, writeModel } from '../../../main/cli/colour-files.ts';

let folder: string;
let scope: ScoredScope;
let x: Tensor<'float32'>;
const environment = createNodeEnvironment();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-mapper-'));
  const intake = await openModel(environment.storage, await writeModel(folder));
  const device = await environment.openDevice('cpu');
  scope = { environment, device, intake: scoredBy(intake, { kind: 'class', index: 0 }) };
  const file = path.join(folder, 'picture.png');
  const blobs = [
    { left: 2, top: 4, side: 10, colour: RED },
    { left: 20, top: 18, side: 8, colour: BLUE },
  ];
  await writeFile(file, await scene(blobs));
  x = requireAll(await readBatch(environment.codec, [{ path: file }], intake.preprocessing.preprocessing));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const meanIn = (map: Float32Array, left: number, top: number, side: number): number => {
  let sum = 0;
  for (let row = top; row < top + side; row++)
    for (let column = left; column < left + side; column++) sum += map[32 * row + column];
  return sum / side ** 2;
};

describe('openScoreMapper()', () => {
  it.each(['saliency', 'grad-cam', 'hires-cam', 'occlusion', 'gradient-input'] as const)(
    'draws the score of red where the picture is red (%s)',
    async (method) => {
      const mapper = openScoreMapper(scope, chooseLayer(scope.intake, undefined));
      const map = await mapper.map(method, x);
      await mapper.dispose();
      expect(mapper.size).toEqual([32, 32]);
      expect(map).toHaveLength(32 * 32);
      expect(meanIn(map, 4, 6, 6)).toBeGreaterThan(0);
      if (method === 'saliency') return;
      expect(meanIn(map, 4, 6, 6)).toBeGreaterThan(2 * Math.abs(meanIn(map, 22, 20, 4)));
    },
  );

  it('has the slope of the score at every pixel', async () => {
    const mapper = openScoreMapper(scope, chooseLayer(scope.intake, undefined));
    const map = await mapper.map('saliency', x);
    await mapper.dispose();
    const runner = runnerFor(scope, scope.intake.model);
    const step = 1e-2;
    for (const pixel of [32 * 8 + 6, 32 * 20 + 22, 5]) {
      const slopes = [0, 1, 2].map(async (channel) => {
        const scores = [step, -step].map(async (by) => {
          const moved = x.data.slice();
          moved[channel * 1024 + pixel] += by;
          return (await runner.run(float32(moved, x.dims))).data[0];
        });
        const [up, down] = [await scores[0], await scores[1]];
        return Math.abs(up - down) / (2 * step);
      });
      expect(map[pixel]).toBeCloseTo(Math.max(...(await Promise.all(slopes))), 3);
    }
    await runner.dispose();
  });
});
