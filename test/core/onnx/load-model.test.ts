import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadModel, loadModelFile } from '../../../core/onnx/load-model.ts';
import { modelFields } from '../../../core/onnx/messages.ts';
import { writeMessage } from '../../../core/onnx/wire-format.ts';
import type { Storage } from '../../../core/platform.ts';

function fileWithData(location: string): Uint8Array {
  return fileWithEntries(Object.entries({ location, offset: '4', length: '8' }));
}

function fileWithEntries(entries: readonly (readonly [key: string, value: string])[]): Uint8Array {
  const weights = {
    name: 'w',
    dims: [2n],
    dataType: 1,
    dataLocation: 1,
    externalData: entries.map(([key, value]) => ({ key, value })),
  };
  return writeMessage(modelFields, {
    irVersion: 8n,
    opsets: [{ domain: '', version: 17n }],
    graph: {
      name: 'g',
      initializers: [weights],
      outputs: [{ name: 'y', type: { tensor: { elementType: 1, shape: undefined } } }],
    },
  });
}

/** A few files in memory; `links` maps a path to where it really leads, `sizes` to a size that it is said to have. */
function storageOf(
  files: Record<string, Uint8Array>,
  links: Record<string, string> = {},
  sizes: Record<string, number> = {},
): Storage {
  const storage: Partial<Storage> = {
    readBytes: (path) => Promise.resolve(files[path]),
    exists: (path) => Promise.resolve(path in files),
    stat: (path) => Promise.resolve({ size: sizes[path] ?? files[path].length, modifiedMs: 0, changedMs: 0 }),
    list: () => Promise.resolve([]),
    sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
    realPath: (path) => Promise.resolve(links[path] ?? path),
    join: (...parts) => parts.join('/'),
    resolve: (path) => path,
    basename: (path) => path.slice(path.lastIndexOf('/') + 1),
    dirname: (path) => path.slice(0, Math.max(1, path.lastIndexOf('/'))),
  };
  return storage as Storage;
}

const weights = new Uint8Array(Float32Array.of(9, 1, 2).buffer);
const load = (location: string, files: Record<string, Uint8Array>, links?: Record<string, string>) =>
  loadModel(storageOf({ '/m/a.onnx': fileWithData(location), ...files }, links), '/m/a.onnx');

describe('loadModel()', () => {
  it('reads external data beside the model, at its offset', async () => {
    const model = await load('sub/w.bin', { '/m/sub/w.bin': weights });
    expect(model.graph.initializers.get('w')?.data).toEqual(Float32Array.of(1, 2));
  });

  it('refuses more than 2 GiB, the model and its weights together, before it reads the weights', async () => {
    const files = { '/m/a.onnx': fileWithData('w.bin'), '/m/w.bin': weights };
    const read: string[] = [];
    const storageWith = (size: number): Storage => {
      const storage = storageOf(files, {}, { '/m/w.bin': size });
      return { ...storage, readBytes: (path) => (read.push(path), storage.readBytes(path)) };
    };
    await expect(loadModel(storageWith(2.5 * 2 ** 30), '/m/a.onnx')).rejects.toMatchObject({
      code: 'bad-model',
      message: 'The model and its weights are 2.5 GiB; models of up to 2 GiB can be opened.',
    });
    expect(read).toEqual(['/m/a.onnx']);
    await loadModel(storageWith(2 ** 31 - 1000), '/m/a.onnx');
    expect(read).toContain('/m/w.bin');
    const single = storageOf(files, {}, { '/m/a.onnx': 3 * 2 ** 30 });
    await expect(loadModel(single, '/m/a.onnx')).rejects.toThrow('are 3.0 GiB');
  });

  it.each(['/etc/passwd', '../w.bin', 'a/../../w.bin', 'C:\\w.bin', '..\\w.bin', '\\\\host\\w.bin'])(
    'refuses data at %s',
    async (location) => {
      const files = { '/w.bin': weights, '/etc/passwd': weights };
      await expect(load(location, files)).rejects.toThrow(
        `"${location}", which is outside the folder of the model.`,
      );
    },
  );

  it('refuses a link that leads out, and names a missing file', async () => {
    const links = { '/m/w.bin': '/elsewhere/w.bin' };
    await expect(load('w.bin', { '/m/w.bin': weights }, links)).rejects.toThrow(
      'a link that leads outside the folder',
    );
    await expect(load('w.bin', {})).rejects.toThrow('The model keeps data in "w.bin", which was not found.');
  });

  it('tells of a file of weights that was renamed', async () => {
    const storage = storageOf({ '/m/a.onnx': fileWithData('w.onnx.data') });
    const beside = ['a.onnx', 'a.onnx.data', 'notes.txt'].map((name) => ({ name, kind: 'file' as const }));
    const listing = { ...storage, list: () => Promise.resolve(beside) };
    await expect(loadModel(listing, '/m/a.onnx')).rejects.toMatchObject({
      message: 'The model keeps data in "w.onnx.data", which was not found.',
      hint: 'There is "a.onnx.data": if that is the file, give it back the name "w.onnx.data"; the model file may have any name.',
    });
  });

  it('tells a name, a place and a length that cannot be', async () => {
    await expect(load('', {})).rejects.toThrow('The model keeps data in "", which is no name of a file.');
    const at = async (entries: readonly (readonly [string, string])[], bytes: Uint8Array) =>
      loadModel(
        storageOf({ '/m/a.onnx': fileWithEntries([['location', 'w.bin'], ...entries]), '/m/w.bin': bytes }),
        '/m/a.onnx',
      );
    await expect(at([['offset', 'two']], weights)).rejects.toThrow('which are no whole numbers.');
    await expect(at([['length', '400']], weights)).rejects.toThrow('which has');
    await expect(at([], new Uint8Array(4096))).rejects.toThrow(
      'which its place in "w.bin" does not fill exactly.',
    );
  });

  it('knows the external data by their content', async () => {
    const hashOf = async (bytes: Uint8Array) =>
      (await loadModelFile(storageOf({ '/m/a.onnx': fileWithData('w.bin'), '/m/w.bin': bytes }), '/m/a.onnx'))
        .dataSha256;
    const other = weights.slice();
    other[other.length - 1] ^= 1;
    expect(await hashOf(weights)).toBe(await hashOf(weights.slice()));
    expect(await hashOf(weights)).not.toBe(await hashOf(other));
  });
});
