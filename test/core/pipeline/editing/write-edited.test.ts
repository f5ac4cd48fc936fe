import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { editTarget, writeEdited } from '../../../../core/pipeline/editing/write-edited.ts';
import { encodeModel } from '../../../../core/onnx/proto.ts';
import { EDIT_KEY } from '../../../../core/editing/edit-model.ts';
import { fileStorage } from '../../../../core/runtime/storage.ts';
import { layerOf, modelOf } from '../../editing/edited-case.ts';

/** A folder with a model that keeps its weights in a file beside it, and another folder. */
async function places() {
  const root = await mkdtemp(path.join(tmpdir(), 'tessera-target-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const [home, away] = [path.join(root, 'home'), path.join(root, 'away')];
  await mkdir(home);
  await mkdir(away);
  const model = { path: path.join(home, 'model.onnx'), locations: ['weights.bin'] };
  await writeFile(model.path, 'the model');
  await writeFile(path.join(home, 'weights.bin'), 'the weights');
  return { home, away, model };
}

const bytes = Uint8Array.of(1, 2, 3);

describe('the place of an edited model', () => {
  it('is beside the model without its weights a second time', async () => {
    const { home, model } = await places();
    const target = await editTarget(fileStorage, model, path.join(home, 'fixed.onnx'));
    expect(target).toEqual({ path: path.join(home, 'fixed.onnx'), copies: [] });
  });

  it('is elsewhere with the weights that it needs beside it', async () => {
    const { away, model } = await places();
    const out = path.join(away, 'fixed.onnx');
    await writeEdited(fileStorage, await editTarget(fileStorage, model, out), bytes);
    expect(await readFile(path.join(away, 'weights.bin'), 'utf8')).toBe('the weights');
    expect(new Uint8Array(await readFile(out))).toEqual(bytes);
    await writeFile(
      out,
      encodeModel({ ...modelOf(layerOf('vector')), metadata: new Map([[EDIT_KEY, '{}']]) }),
    );
    expect((await editTarget(fileStorage, model, out)).copies).toEqual([]);
  });

  it('is not where other weights of that name lie', async () => {
    const { away, model } = await places();
    await writeFile(path.join(away, 'weights.bin'), 'others');
    await expect(editTarget(fileStorage, model, path.join(away, 'fixed.onnx'))).rejects.toThrow(
      `The model keeps weights in a file beside it, and ${path.join(away, 'weights.bin')} is another file of that name.`,
    );
    expect(await readFile(path.join(away, 'weights.bin'), 'utf8')).toBe('others');
  });

  it('is never the model, also by another way to it', async () => {
    const { home, away, model } = await places();
    const link = path.join(away, 'link.onnx');
    await symlink(model.path, link);
    for (const out of [model.path, path.join(home, '..', 'home', 'model.onnx'), link])
      await expect(editTarget(fileStorage, model, out)).rejects.toThrow('is the model itself');
  });

  it('is no folder that is not there', async () => {
    const { away, model } = await places();
    await expect(editTarget(fileStorage, model, path.join(away, 'no', 'fixed.onnx'))).rejects.toMatchObject({
      code: 'storage',
    });
  });
});

describe('an edited model that cannot be written', () => {
  it('leaves no half of it', async () => {
    const { home, model } = await places();
    const out = path.join(home, 'fixed.onnx');
    const target = await editTarget(fileStorage, model, out);
    const full = { ...fileStorage, writeAtomic: () => Promise.reject(new Error('no space left')) };
    await expect(writeEdited(full, target, bytes)).rejects.toThrow('no space left');
    expect(await fileStorage.exists(out)).toBe(false);
  });
});
