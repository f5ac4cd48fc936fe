import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../../../core/concepts/explain-options.ts';
import type { Explanation } from '../../../core/concepts/explanation.ts';
import { explain } from '../../../core/pipeline/explain.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { createNodeWorkbench } from '../../../main/node-workbench.ts';
import card from '../../../models/demo/card.json' with { type: 'json' };

const DEMO = path.join(import.meta.dirname, '../../../models/demo');
const workbench = createNodeWorkbench();

async function explainHouses(folder: string, seed: number): Promise<Explanation> {
  const images = [path.join(DEMO, 'images')];
  const intake = await openModel(workbench.storage, path.join(DEMO, 'model.onnx'));
  const device = await workbench.openDevice('cpu');
  const project = await openOrCreateProject(workbench.storage, folder, intake, images);
  const { run } = await explain(
    { workbench, device, intake, project, onProgress: () => undefined, signal: undefined },
    { ...DEFAULT_OPTIONS, model: intake.path, images, class: card.shortcut.class, device: 'cpu', seed },
  );
  return run.explanation!;
}

/** Share of a concept's crops, in images that ship with a mask, in which at least half of the stamp lies. */
async function stampShare(explanation: Explanation, rank: number): Promise<number> {
  const value = card.parts[card.shortcut.part as keyof typeof card.parts];
  let inside = 0;
  let looked = 0;
  for (const { image, box } of explanation.concepts[rank].crops) {
    const mask = explanation.images[image].file.replace('/images/', '/masks/').replace('.jpg', '.png');
    if (!(await workbench.storage.exists(mask))) continue;
    const { data, info } = await sharp(mask).greyscale().raw().toBuffer({ resolveWithObject: true });
    const [left, top, width, height] = box;
    let stamp = 0;
    let covered = 0;
    data.forEach((pixel, index) => {
      if (pixel !== value) return;
      const [x, y] = [index % info.width, Math.floor(index / info.width)];
      stamp++;
      if (x >= left && x < left + width && y >= top && y < top + height) covered++;
    });
    if (stamp === 0) continue;
    looked++;
    if (covered >= stamp / 2) inside++;
  }
  return looked === 0 ? 0 : inside / looked;
}

describe('the demo', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-demo-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([0, 1])('shows the planted stamp among the three leading concepts (seed %i)', async (seed) => {
    const explanation = await explainHouses(path.join(folder, String(seed)), seed);
    const shares = await Promise.all([0, 1, 2].map((rank) => stampShare(explanation, rank)));
    expect(Math.max(...shares)).toBeGreaterThanOrEqual(0.8);
    expect(explanation.reconstruction.agreement).toBeGreaterThanOrEqual(0.95);
    expect(explanation.concepts.map(({ importance }) => importance.mean)).toEqual(
      explanation.concepts.map(({ importance }) => importance.mean).sort((a, b) => b - a),
    );
  });
});
