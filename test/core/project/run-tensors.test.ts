import { stackTensor } from '../../../core/linalg/matrix-tensor.ts';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../core/linalg/matrix.ts';
import { createProject } from '../../../core/project/project-folder.ts';
import { startRun } from '../../../core/project/start-run.ts';
import type { DrawnMaps, PartTensors, RunTensors } from '../../../core/project/run-tensors.ts';
import { loadRunTensors, saveParts, saveRunTensors } from '../../../core/project/tensors-file.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../core/project/safetensors.ts';
import { memoryStorage } from './memory-storage.ts';
import { projectContent, runContent, self } from './sample-run.ts';

const folder = '/boat.tessera';
const PATH = `${folder}/runs/run1/tensors.safetensors`;
const BY_IMAGE = `${folder}/runs/run1/coefficients.safetensors`;

async function projectWithRun() {
  const storage = memoryStorage();
  const created = await createProject(storage, folder, projectContent);
  return { storage, ...(await startRun(created, runContent, self)) };
}

const numbers = (rows: number, cols: number, from: number) =>
  matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, (_, i) => from + i),
  );

const BANK = {
  conceptBank: numbers(2, 3, 0),
  coefficients: [numbers(4, 2, 10), numbers(4, 2, 20), numbers(4, 2, 30)],
  imageImportance: [Float64Array.of(0.1, 0.9), Float64Array.of(0.2, 0.8), Float64Array.of(0.3, 0.7)],
};
const MAPS: DrawnMaps = {
  size: [1, 2],
  places: [
    { concept: 1, image: 2 },
    { concept: 0, image: 0 },
  ],
  maps: [Float32Array.of(1, 2), Float32Array.of(3, 4)],
};
const PARTS: PartTensors = {
  conceptBank: numbers(1, 3, 40),
  coefficients: [numbers(2, 1, 50), numbers(2, 1, 60)],
  imageImportance: [Float64Array.of(1)],
  footprint: [Uint8Array.of(0, 1), Uint8Array.of(1, 1)],
};
const TENSORS: RunTensors = {
  ...BANK,
  counts: Int32Array.of(12, 12),
  strengths: [Float32Array.of(16, 17), Float32Array.of(26, 27), Float32Array.of(36, 37)],
  maps: new Map([
    ['saliency', MAPS],
    ['grad-cam', { ...MAPS, places: [], maps: [] }],
  ]),
  parts: new Map([
    ['c0', { ...PARTS, maps: MAPS }],
    ['c0-1', PARTS],
  ]),
};

describe('saveRunTensors() and loadRunTensors()', () => {
  it('give back the arrays of the bank, of the maps and of the parts', async () => {
    const { project } = await projectWithRun();
    await saveRunTensors(project, 'run1', TENSORS);
    expect(await loadRunTensors(project, 'run1')).toEqual(TENSORS);
  });

  it('give back how many concepts a row may have', async () => {
    const { project } = await projectWithRun();
    const tensors = { ...TENSORS, conceptBank: { ...BANK.conceptBank, active: 1 } };
    await saveRunTensors(project, 'run1', tensors);
    expect((await loadRunTensors(project, 'run1')).conceptBank).toEqual(tensors.conceptBank);
  });

  it('keep the names and shapes by which other programs read them', async () => {
    const { project, storage } = await projectWithRun();
    await saveRunTensors(project, 'run1', TENSORS);
    const shapesIn = (path: string) =>
      [...decodeSafetensors(storage.files.get(path)!).tensors]
        .map(([name, { type, dims }]) => `${name} ${type} [${dims.join(', ')}]`)
        .sort();
    expect(shapesIn(BY_IMAGE)).toEqual([
      'coefficients float32 [3, 4, 2]',
      'counts int32 [2]',
      'imageImportance float64 [3, 2]',
      'strengths float32 [3, 2]',
    ]);
    expect(shapesIn(PATH)).toEqual([
      'conceptBank float32 [2, 3]',
      'maps.grad-cam float32 [0, 1, 2]',
      'maps.grad-cam.places int32 [0, 2]',
      'maps.saliency float32 [2, 1, 2]',
      'maps.saliency.places int32 [2, 2]',
      'split.c0-1.coefficients float32 [2, 2, 1]',
      'split.c0-1.conceptBank float32 [1, 3]',
      'split.c0-1.footprint uint8 [2, 2]',
      'split.c0-1.imageImportance float64 [1, 1]',
      'split.c0.coefficients float32 [2, 2, 1]',
      'split.c0.conceptBank float32 [1, 3]',
      'split.c0.footprint uint8 [2, 2]',
      'split.c0.imageImportance float64 [1, 1]',
      'split.c0.maps float32 [2, 1, 2]',
      'split.c0.maps.places int32 [2, 2]',
    ]);
  });

  it('say which file is damaged', async () => {
    const { storage, project } = await projectWithRun();
    await saveRunTensors(project, 'run1', TENSORS);
    storage.files.set(PATH, storage.files.get(PATH)!.subarray(0, 40));
    await expect(loadRunTensors(project, 'run1')).rejects.toMatchObject({
      code: 'bad-project',
      message: expect.stringContaining(`${PATH} is damaged: safetensors: truncated`) as string,
    });
  });

  it('read a file of up to schema 2, which has the arrays by image too; parts that are added later leave it readable', async () => {
    const { storage, project } = await projectWithRun();
    await saveRunTensors(project, 'run1', { ...TENSORS, parts: new Map() });
    const { tensors } = decodeSafetensors(storage.files.get(PATH)!);
    tensors.set('coefficients', stackTensor(BANK.coefficients));
    const indices = Float64Array.from(BANK.imageImportance.flatMap((one) => [...one]));
    tensors.set('imageImportance', { type: 'float64', dims: [3, 2], data: indices });
    storage.files.set(PATH, encodeSafetensors(tensors));
    storage.files.delete(BY_IMAGE);
    const old = await loadRunTensors(project, 'run1');
    expect(old).toEqual({ ...TENSORS, counts: undefined, parts: new Map() });
    await saveParts(project, 'run1', { ...old, parts: TENSORS.parts });
    expect(await loadRunTensors(project, 'run1')).toEqual(TENSORS);
  });

  it('say which array is absent or has another type', async () => {
    const { storage, project } = await projectWithRun();
    await saveRunTensors(project, 'run1', { ...TENSORS, maps: new Map(), parts: new Map() });
    const { tensors } = decodeSafetensors(storage.files.get(PATH)!);
    tensors.delete('conceptBank');
    storage.files.set(PATH, encodeSafetensors(tensors));
    await expect(loadRunTensors(project, 'run1')).rejects.toThrow(
      '"conceptBank" is absent, expected float32 of 2 axes.',
    );
    tensors.set('conceptBank', { type: 'int32', dims: [2], data: Int32Array.of(1, 2) });
    storage.files.set(PATH, encodeSafetensors(tensors));
    await expect(loadRunTensors(project, 'run1')).rejects.toThrow(
      '"conceptBank" is int32 [2], expected float32 of 2 axes.',
    );
  });
});
