import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../core/onnx/load-model.ts';
import { modelFields } from '../../../core/onnx/messages.ts';
import { writeMessage } from '../../../core/onnx/wire-format.ts';
import type { Storage } from '../../../core/platform.ts';

function fileWithData(location: string): Uint8Array {
  const entries = Object.entries({ location, offset: '4', length: '8' });
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

/** A few files in memory; `links` maps a path to where it really leads. */
function storageOf(files: Record<string, Uint8Array>, links: Record<string, string> = {}): Storage {
  const storage: Partial<Storage> = {
    readBytes: (path) => Promise.resolve(files[path]),
    exists: (path) => Promise.resolve(path in files),
    realPath: (path) => Promise.resolve(links[path] ?? path),
    join: (...parts) => parts.join('/'),
    resolve: (path) => path,
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
});
