import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argMax } from '../../../core/score/softmax.ts';
import { DEFAULT_OPTIONS } from '../../../core/concepts/run-options.ts';
import { counterfactual } from '../../../core/concepts/counterfactual.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { openAblator, type Ablator } from '../../../core/pipeline/ablator.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { scoredBy, type ScoredModel } from '../../../core/pipeline/scored-model.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { rowOfId } from '../../../core/concepts/recursion/concept-tree.ts';
import { loadRunTensors } from '../../../core/project/tensors-file.ts';
import type { RunFile } from '../../../core/project/schema.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import card from '../../../models/demo/card.json' with { type: 'json' };
import { explainOptions } from './explain-options.ts';
import { stampShare } from './stamp-share.ts';

const DEMO = path.join(import.meta.dirname, '../../../models/demo');
const STAMP = card.parts[card.shortcut.part as keyof typeof card.parts];
const environment = createNodeEnvironment();
const pixels = (file: string) => sharp(file).removeAlpha().raw().toBuffer();
const filesOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).sort().map((name) => path.join(folder, name));

/** The stamp of a shipped house whose parts are known, as an overlay of the whole picture. */
async function cutStamp(): Promise<Buffer> {
  for (const mask of await filesOf(path.join(DEMO, 'masks/house'))) {
    const parts = await sharp(mask).greyscale().raw().toBuffer();
    if (!parts.includes(STAMP)) continue;
    const picture = await pixels(mask.replace('/masks/', '/images/').replace('.png', '.jpg'));
    const { size } = card.preprocessing;
    const rgba = Buffer.alloc(4 * size * size);
    parts.forEach((part, i) => {
      if (part === STAMP) rgba.set([...picture.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    });
    return sharp(rgba, { raw: { width: size, height: size, channels: 4 } })
      .png()
      .toBuffer();
  }
  throw new Error('no stamped house has a mask');
}

describe('ablation on the demo', () => {
  let folder: string;
  let intake: ScoredModel;
  let run: RunFile;
  let ablator: Ablator;
  const house = (): number => intake.labels.names.indexOf(card.shortcut.class);
  /** Column of the concept whose crops show the stamp. */
  let stampColumn: number;
  const without = (column: number): number[] =>
    run.explanation!.concepts.map((_, concept) => (concept === column ? 0 : 1));

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-ablation-'));
    // Concepts of the pictures that get the stamp too: those of houses alone leave more of a barn unexplained.
    const images = ['house', 'barn', 'tree'].map((name) => path.join(DEMO, 'images', name));
    const demo = await openModel(environment.storage, path.join(DEMO, 'model.onnx'));
    intake = scoredBy(demo, { kind: 'class', index: demo.labels.names.indexOf('house') });
    const device = await environment.openDevice('cpu');
    const project = await openOrCreateProject(environment, path.join(folder, 'p'), intake, images);
    const scope = { environment, device, intake, project, onProgress: () => undefined, signal: undefined };
    const outcome = await explainOptions(scope, {
      ...DEFAULT_OPTIONS,
      model: intake.path,
      images,
      class: card.shortcut.class,
      select: 'all',
      maps: ['upsampled-coefficients'],
      evaluate: 'none',
      device: 'cpu',
    });
    run = outcome.run;
    const ids = run.explanation!.concepts.map(({ id }) => id);
    const shares = await Promise.all(ids.map((_, rank) => stampShare(run.explanation!, rank)));
    stampColumn = rowOfId(ids[argMax(shares)]);
    const { conceptBank, coefficients } = await loadRunTensors(outcome.project, run.id);
    ablator = openAblator(scope, {
      layer: run.explanation!.layer,
      conceptBank,
      files: run.explanation!.images.map(({ file }) => ({ path: file })),
      coefficients,
    });
  });
  afterAll(async () => {
    await ablator.dispose();
    await rm(folder, { recursive: true });
  });

  it('gives the answers of the run itself at 1 everywhere, one by one and all at once', async () => {
    const { images, concepts } = run.explanation!;
    const ones = concepts.map(() => 1);
    const answers = await ablator.answers(ones);
    expect(answers.map(({ index }) => index)).toEqual(images.map(({ predicted }) => predicted.index));
    expect(answers.map(({ probability }) => probability!)).toBeAllclose(
      images.map(({ predicted }) => predicted.probability!),
      { atol: 1e-4 },
    );
    for (const index of [0, 17]) {
      const { data } = await (
        await ablator.image(index)
      ).evaluate(matrix(1, ones.length, Float32Array.from(ones)));
      expect(data[house()]).toBeCloseTo(images[index].logit, 3);
    }
  });

  it('gives the same one by one and all at once for any factors', async () => {
    const factors = run.explanation!.concepts.map((_, i) => (i % 4) / 2);
    const answers = await ablator.answers(factors);
    for (const index of [0, 5, 30]) {
      const own = await ablator.image(index);
      const { data } = await own.evaluate(matrix(1, factors.length, Float32Array.from(factors)));
      expect(argMax(data)).toBe(answers[index].index);
    }
  });

  it('has counted in the run what the model says without each concept', async () => {
    const { images, concepts, removals } = run.explanation!;
    expect(removals!.map(({ concept }) => concept)).toEqual(concepts.map(({ id }) => id));
    for (const { concept, flips } of removals!) {
      const answers = await ablator.answers(without(rowOfId(concept)));
      const changed = answers.flatMap(({ index }, image) =>
        index === images[image].predicted.index ? [] : [{ image, to: index }],
      );
      expect(flips.map(({ image, to }) => ({ image, to: to.index }))).toEqual(changed);
    }
    const stamp = removals!.find(({ concept }) => rowOfId(concept) === stampColumn)!;
    const barns = stamp.flips.filter(({ to }) => to.name === 'barn');
    expect(barns.length).toBeGreaterThan(stamp.flips.length / 2);
  });

  it('refuses factors out of range and pictures that are gone', async () => {
    await expect(ablator.answers([NaN])).rejects.toThrow(
      'A factor is needed for each of the 10 concepts, got 1.',
    );
    await expect(ablator.answers(without(0).with(0, 3))).rejects.toThrow('got 3.');
    await expect(ablator.picture({ path: path.join(folder, 'gone.jpg') })).rejects.toThrow('gone.jpg');
  });

  it('restores the decisions that a pasted stamp flips, by taking the stamp concept away', async () => {
    const overlay = await cutStamp();
    const target = path.join(folder, 'pasted');
    await mkdir(target);
    let [flipped, restored, flips] = [0, 0, 0];
    const ones = Float32Array.from(without(-1));
    const zero = Float32Array.from(without(stampColumn));
    for (const name of ['barn', 'tree']) {
      const right = intake.labels.names.indexOf(name);
      for (const file of await filesOf(path.join(DEMO, 'images', name))) {
        const pasted = path.join(target, `${name}-${path.basename(file, '.jpg')}.png`);
        await sharp(file)
          .composite([{ input: overlay }])
          .png()
          .toFile(pasted);
        const own = await ablator.picture({ path: pasted });
        const { data, cols } = await own.evaluate(matrix(2, ones.length, Float32Array.of(...ones, ...zero)));
        if (argMax(data.subarray(0, cols)) !== house()) continue;
        const bare = await (await ablator.picture({ path: file })).evaluate(matrix(1, ones.length, ones));
        if (argMax(bare.data) !== right) continue;
        flipped++;
        if (argMax(data.subarray(cols)) === right) restored++;
        const { status, factors } = await counterfactual(own, ones.length, { target: right });
        if (status === 'found' && factors[stampColumn] < 1) flips++;
      }
    }
    expect(flipped).toBeGreaterThan(30);
    expect(restored / flipped).toBeGreaterThan(0.95);
    expect(flips / flipped).toBeGreaterThan(0.95);
  });
});
