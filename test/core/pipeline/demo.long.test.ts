import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../../../core/concepts/run-options.ts';
import type { Explanation } from '../../../core/concepts/explanation.ts';
import { rowOfId } from '../../../core/concepts/recursion/concept-tree.ts';
import type { Matrix } from '../../../core/linalg/matrix.ts';
import { strongest } from '../../../core/concepts/strongest.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { loadRunTensors } from '../../../core/project/tensors-file.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import card from '../../../models/demo/card.json' with { type: 'json' };
import { explainOptions } from './explain-options.ts';
import { stampShare } from './stamp-share.ts';

const DEMO = path.join(import.meta.dirname, '../../../models/demo');
const environment = createNodeEnvironment();

async function explainHouses(
  folder: string,
  seed: number,
): Promise<{ explanation: Explanation; coefficients: readonly Matrix[] }> {
  const images = [path.join(DEMO, 'images')];
  const intake = await openModel(environment.storage, path.join(DEMO, 'model.onnx'));
  const device = await environment.openDevice('cpu');
  const project = await openOrCreateProject(environment, folder, intake, images);
  const { project: written, run } = await explainOptions(
    { environment, device, intake, project, onProgress: () => undefined, signal: undefined },
    { ...DEFAULT_OPTIONS, model: intake.path, images, class: card.shortcut.class, device: 'cpu', seed },
  );
  const { coefficients } = await loadRunTensors(written, run.id);
  return { explanation: run.explanation!, coefficients };
}

describe('the demo', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-demo-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([0, 1])('shows the planted stamp among the three leading concepts (seed %i)', async (seed) => {
    const { explanation, coefficients } = await explainHouses(path.join(folder, String(seed)), seed);
    const shares = await Promise.all([0, 1, 2].map((rank) => stampShare(explanation, rank)));
    expect(Math.max(...shares)).toBeGreaterThanOrEqual(0.8);
    expect(explanation.shortcuts!.found.map(({ cue }) => cue)).toEqual(['top-left']);
    // Taken out of the model, what carries it turns houses back into what they are.
    const { remedy } = explanation.shortcuts!.found[0];
    expect(remedy!.back).toBeGreaterThan(remedy!.turned / 2);
    const stamped = explanation.concepts.findIndex(({ id }) => id === remedy!.concepts[0]);
    expect(shares[stamped]).toBeGreaterThanOrEqual(0.8);
    // The model is judged on the pictures of all classes, not on those it put into this one.
    expect(explanation.answers!.known).toBeGreaterThan(4 * explanation.images.length);
    expect(explanation.reconstruction.agreement).toBeGreaterThanOrEqual(0.95);
    // The amount at a crop is that of the image: one number wherever it is shown.
    for (const { id, crops } of explanation.concepts)
      for (const { image, coefficient } of crops)
        expect(coefficient).toBe(strongest(coefficients[image])[rowOfId(id)]);
    expect(explanation.concepts.map(({ importance }) => importance.mean)).toEqual(
      explanation.concepts.map(({ importance }) => importance.mean).sort((a, b) => b - a),
    );
  });
});
