import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, type RunOptions } from '../../../core/concepts/run-options.ts';
import { matrix, rowView, type Matrix } from '../../../core/linalg/matrix.ts';
import { openAblator } from '../../../core/pipeline/ablator.ts';
import { openModel, type ModelIntake } from '../../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { scoredBy } from '../../../core/pipeline/scored-model.ts';
import { loadRunTensors } from '../../../core/project/tensors-file.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import card from '../../../models/demo/card.json' with { type: 'json' };
import { explainOptions } from './explain-options.ts';

const DEMO = path.join(import.meta.dirname, '../../../models/demo');
const HOUSES = path.join(DEMO, 'images/house');
const environment = createNodeEnvironment();

const mostInARow = (amounts: Matrix): number =>
  Math.max(
    ...Array.from({ length: amounts.rows }, (_, row) => rowView(amounts, row).filter((u) => u > 0).length),
  );

describe('banks of other kinds on the demo', () => {
  let folder: string;
  let intake: ModelIntake;

  const explained = async (name: string, changes: Partial<RunOptions>) => {
    const device = await environment.openDevice('cpu');
    const project = await openOrCreateProject(environment, path.join(folder, name), intake, [HOUSES]);
    const scope = { environment, device, intake, project, onProgress: () => undefined, signal: undefined };
    const outcome = await explainOptions(scope, {
      ...DEFAULT_OPTIONS,
      model: intake.path,
      images: [HOUSES],
      class: card.shortcut.class,
      device: 'cpu',
      ...changes,
    });
    const tensors = await loadRunTensors(outcome.project, outcome.run.id);
    return { ...outcome, scope, tensors, explanation: outcome.run.explanation! };
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-banks-'));
    intake = await openModel(environment.storage, path.join(DEMO, 'model.onnx'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('sparse: every amount that is found later keeps the limit, to maps, removals and checks', async () => {
    const { explanation, evaluation, tensors, scope } = await explained('sparse', {
      bank: 'sparse',
      concepts: 12,
      active: 3,
      samples: 32,
    });
    expect(explanation.factorization).toMatchObject({ kind: 'sparse', active: 3, method: 'nmf' });
    expect(tensors.conceptBank.active).toBe(3);
    expect(Math.max(...tensors.coefficients.map(mostInARow))).toBe(3);
    expect(tensors.maps.get('gated-gradient')!.maps.some((map) => map.some((value) => value !== 0))).toBe(
      true,
    );
    expect(explanation.removals).toHaveLength(explanation.concepts.length);
    expect(evaluation!.stability.concepts).toHaveLength(explanation.concepts.length);
    expect(evaluation!.stability.mean).toBeGreaterThan(0.5);

    const files = explanation.images.map(({ file }) => ({ path: file }));
    const scored = scoredBy(intake, { kind: 'class', index: explanation.classIndex });
    const ablator = openAblator(
      { ...scope, intake: scored },
      { ...tensors, layer: explanation.layer, files, coefficients: tensors.coefficients },
    );
    try {
      // The same picture as one of the run and as one from elsewhere: coded alike, so that a concept's removal is alike.
      const [own, other] = [await ablator.image(0), await ablator.picture(files[0])];
      const without = Float32Array.from(explanation.concepts, (_, c) => (c === 0 ? 0 : 1));
      const factors = matrix(1, without.length, without);
      expect((await other.evaluate(factors)).data).toBeAllclose((await own.evaluate(factors)).data, {
        atol: 1e-3,
      });
    } finally {
      await ablator.dispose();
    }
  });

  it('refined: says what was gained on images kept back, and goes on as any other run', async () => {
    const { explanation, evaluation, tensors } = await explained('refined', { refine: true, samples: 32 });
    const { refined } = explanation.factorization;
    expect(refined!.madeOn + refined!.images).toBeLessThan(explanation.images.length);
    expect(refined!.images).toBeGreaterThan(0);
    expect(refined!.after.headR2).toBeGreaterThanOrEqual(refined!.before.headR2 - 0.05);
    expect(refined!.cosines).toHaveLength(tensors.conceptBank.rows);
    expect(tensors.conceptBank.data.every((value) => value >= 0)).toBe(true);
    expect(tensors.maps.get('gated-gradient')!.maps.length).toBeGreaterThan(0);
    expect(explanation.removals).toHaveLength(explanation.concepts.length);
    expect(evaluation!.stability.concepts).toHaveLength(explanation.concepts.length);
  });

  it('refined: refuses too few images, which would leave none to judge by', async () => {
    const few = path.join(folder, 'pictures');
    await mkdir(few);
    for (const name of (await readdir(HOUSES)).slice(0, 6))
      await copyFile(path.join(HOUSES, name), path.join(few, name));
    await expect(explained('few', { refine: true, images: [few], select: 'all' })).rejects.toThrow(
      'Refining concepts needs at least 10 images, since some are kept to judge by; got 6.',
    );
    for (const name of await readdir(few))
      await copyFile(path.join(few, name), path.join(few, `copy-${name}`));
    await expect(explained('few', { refine: true, images: [few], select: 'all' })).rejects.toThrow(
      'to judge by; got 6 beside their copies.',
    );
  });
});
