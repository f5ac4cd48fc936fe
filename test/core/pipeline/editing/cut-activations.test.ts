import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { toRows } from '../../../../core/concepts/latent-rows.ts';
import { codesOf } from '../../../../core/factorization/sparse-codes.ts';
import { matrix } from '../../../../core/linalg/matrix.ts';
import { chooseLayer } from '../../../../core/pipeline/choose-layer.ts';
import { CutActivations, type BankedCut } from '../../../../core/pipeline/editing/cut-activations.ts';
import { openModel } from '../../../../core/pipeline/model-intake.ts';
import { cutAt, runnerFor } from '../../../../core/pipeline/model-parts.ts';
import { readBatch } from '../../../../core/pipeline/pictures.ts';
import type { ModelScope } from '../../../../core/pipeline/run-context.ts';
import { createRandom } from '../../../../core/random.ts';
import { createNodeEnvironment } from '../../../../main/compute/node-environment.ts';
import { temporaryFolder } from '../../../main/cli/colour-case.ts';

const DEMO = path.join(import.meta.dirname, '../../../../models/demo');
const FILES = Array.from({ length: 40 }, (_, at) => ({
  path: path.join(DEMO, 'images', at < 20 ? 'house' : 'car', `${String((at % 20) + 1).padStart(2, '0')}.jpg`),
}));

/** The demo's model; `read` gets the path of every picture that is decoded. */
async function demoScope(read: string[]): Promise<ModelScope> {
  const environment = createNodeEnvironment();
  const { codec } = environment;
  return {
    intake: await openModel(environment.storage, path.join(DEMO, 'model.onnx')),
    device: await environment.openDevice('cpu'),
    environment: {
      ...environment,
      codec: {
        ...codec,
        decodeFitted: (file, fit) => (read.push(file), codec.decodeFitted(file, fit)),
      },
    },
  };
}

let cut: BankedCut;
beforeAll(async () => {
  const { intake } = await demoScope([]);
  const layer = chooseLayer(intake, undefined);
  const random = createRandom(1);
  const channels = layer.shape[layer.channelAxis];
  cut = {
    layer,
    bank: matrix(
      3,
      channels,
      Float32Array.from({ length: 3 * channels }, () => random.uniform()),
    ),
  };
});

async function all(activations: CutActivations, files: readonly { readonly path: string }[]) {
  const parts: { at: readonly number[]; activations: number[]; amounts: number[] }[] = [];
  for await (const some of activations.of(files))
    parts.push({
      at: some.at,
      activations: [...some.activations.data],
      amounts: [...(await some.amounts()).data],
    });
  return parts;
}

describe('activations at a cut', () => {
  it('are those of the model, with the exact amounts, and are read once as long as they fit', async () => {
    const read: string[] = [];
    const scope = await demoScope(read);
    const kept = new CutActivations(scope, cut);
    const first = await all(kept, FILES.slice(0, 4));
    const { input } = await readBatch(
      scope.environment.codec,
      FILES.slice(0, 4),
      scope.intake.preprocessing.preprocessing,
    );
    const latent = runnerFor(scope, cutAt(scope.intake, cut.layer).latent);
    const own = await latent.run(input!);
    await latent.dispose();
    expect(first[0].activations).toEqual([...own.data]);
    const { coefficients } = await codesOf(toRows(own, cut.layer), cut.bank);
    expect(first[0].amounts).toEqual([...coefficients.data]);

    read.length = 0;
    const later = await all(kept, [FILES[38], FILES[1], FILES[0]]);
    expect(read).toEqual([FILES[38].path]);
    const size = own.data.length / 4;
    expect(later[0].activations.slice(size)).toEqual([
      ...own.data.subarray(size, 2 * size),
      ...own.data.subarray(0, size),
    ]);
    await kept.dispose();
  });

  it('are read anew where they do not fit, and are the same', async () => {
    const read: string[] = [];
    const scope = await demoScope(read);
    const { layer, bank } = cut;
    const channels = layer.shape[layer.channelAxis];
    const size = layer.shape.slice(1).reduce((product, dim) => product * dim, 1);
    const bytes = 4 * (size + (size / channels) * bank.rows);
    const some = new CutActivations(scope, cut, { mostKept: 10 * bytes });
    const first = await all(some, FILES);
    expect(read).toHaveLength(40);
    const second = await all(some, FILES);
    expect(read.slice(40)).toEqual(FILES.slice(10).map((file) => file.path));
    expect(second).toEqual(first);
    expect(first.map(({ at }) => at.length)).toEqual([32, 8]);
    await some.dispose();
  });

  it('pass over what cannot be read, and stop when they are told to', async () => {
    const folder = await temporaryFolder();
    const [good, bad] = ['good.jpg', 'bad.jpg'].map((name) => ({ path: path.join(folder, name) }));
    await copyFile(FILES[0].path, good.path);
    await writeFile(bad.path, 'no picture');
    const stop = new AbortController();
    const activations = new CutActivations(await demoScope([]), cut, { signal: stop.signal });
    expect((await all(activations, [bad, good])).map(({ at }) => at)).toEqual([[1]]);
    expect(await all(activations, [bad])).toEqual([]);
    stop.abort(new Error('enough'));
    await expect(all(activations, [good])).rejects.toThrow('enough');
    await activations.dispose();
  });
});
