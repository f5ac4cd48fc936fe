import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model, ValueInfo } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { modelFields } from '../../../core/onnx/messages.ts';
import { encodeModel } from '../../../core/onnx/proto.ts';
import { readMessage, writeMessage } from '../../../core/onnx/wire-format.ts';
import { colourModel } from '../../fixtures/colour-model.ts';
import { makePipe } from '../../fixtures/make-pipe.ts';
import { temporaryFolder, writeModel } from './colour-case.ts';
import { tessera } from './run-tessera.ts';

const input = (name: string, dims: ValueInfo['dims']): ValueInfo => ({ name, type: 'float32', dims });

function changed(change: (model: Model) => Partial<Model['graph']>, model = colourModel()): Model {
  return { ...model, graph: { ...model.graph, ...change(model) } };
}

/** The colour model with its detector's weights kept in another file. */
function withExternalWeights(location: string): Uint8Array {
  const message = readMessage(modelFields, encodeModel(colourModel()));
  const [first, ...rest] = message.graph?.initializers ?? [];
  const { name, dims = [], dataType } = first;
  const external = {
    name,
    dims,
    dataType,
    dataLocation: 1,
    externalData: [{ key: 'location', value: location }],
  };
  return writeMessage(modelFields, {
    ...message,
    graph: { ...message.graph, initializers: [external, ...rest] },
  });
}

const whole = encodeModel(colourModel());
const renamed = (opType: string, domain = ''): Model =>
  changed(({ graph }) => ({
    nodes: graph.nodes.map((node) => (node.opType === 'Relu' ? { ...node, opType, domain } : node)),
  }));

const BAD_MODELS: readonly [string, Model | Uint8Array, string][] = [
  [
    'a text file',
    new TextEncoder().encode('these are no weights, but a letter\n'),
    'colours.onnx: This is not an ONNX model, or the file is truncated or damaged.',
  ],
  ['an empty file', new Uint8Array(0), 'colours.onnx: The model file is empty.'],
  [
    'a model cut short',
    whole.subarray(0, whole.length / 2),
    'colours.onnx: This is not an ONNX model, or the file is truncated or damaged.',
  ],
  [
    'a model short of its last byte',
    whole.subarray(0, -1),
    'colours.onnx: This is not an ONNX model, or the file is truncated or damaged.',
  ],
  [
    'two inputs',
    changed(({ graph }) => ({ inputs: [...graph.inputs, input('mask', [1, 4])] })),
    'The model has 2 inputs: image [batch, 3, 32, 32], mask [1, 4]; expected one, an image.',
  ],
  [
    'no input of rank 4',
    changed(() => ({ inputs: [input('image', ['batch', 3072])] })),
    "The model's input image [batch, 3072] (float32) has two axes, as the rows of a table have; expected one picture with four axes, [N, C, H, W] or [N, H, W, C].",
  ],
  [
    'pictures of two channels',
    changed(() => ({ inputs: [input('image', ['batch', 2, 32, 32])] })),
    'channels',
  ],
  [
    'two images that it looks at together',
    changed(
      ({ graph }) => ({
        nodes: [
          ...graph.nodes.slice(0, -1),
          makeNode('ReduceMean', ['flat'], ['average'], new Map([['axes', { type: 'ints', value: [0] }]])),
          makeNode('Gemm', ['average', 'w_head'], ['logits']),
        ],
      }),
      colourModel({ batch: 2 }),
    ),
    'The model takes 2 images at once, no more and no fewer, and they cannot be told apart: image [2, 3, 32, 32]; expected a free batch axis, or 1.',
  ],
  ['an operator that ONNX does not have', renamed('Wobble'), 'the operator Wobble'],
  [
    "an operator of one runtime's own",
    renamed('FusedRelu', 'com.microsoft'),
    'operators that are not standard ONNX: com.microsoft.FusedRelu.',
  ],
  [
    'operator set 6',
    { ...colourModel(), opsets: new Map([['', 6]]) },
    'The model uses operator set 6; supported are 7 to 24.',
  ],
  [
    'operator set 99',
    { ...colourModel(), opsets: new Map([['', 99]]) },
    'The model uses operator set 99; supported are 7 to 24.',
  ],
  [
    'weights outside its folder',
    withExternalWeights('../secret.bin'),
    'keeps data in "../secret.bin", which is outside the folder of the model.',
  ],
  [
    'weights at an absolute path',
    withExternalWeights('/etc/hostname'),
    'keeps data in "/etc/hostname", which is outside the folder of the model.',
  ],
  [
    'pictures of a height that no picture has',
    changed(() => ({ inputs: [input('image', ['batch', 3, 2 ** 33, 32])] })),
    'pictures of at most 8192 pixels a side are made for it.',
  ],
  [
    'weights that are not there',
    withExternalWeights('lost.bin'),
    'keeps data in "lost.bin", which was not found.',
  ],
];

describe('a model that cannot be used', () => {
  it.each(BAD_MODELS)(
    '%s: is reported with exit code 2, and nothing is written',
    async (_, model, message) => {
      const folder = await temporaryFolder();
      await writeFile(path.join(folder, 'secret.bin'), new Uint8Array(9 * 16 * 4));
      const file = await writeModel(path.join(folder, 'model'), model);
      const out = path.join(folder, 'out.tessera');
      const explained = await tessera(
        'explain',
        '--model',
        file,
        '--images',
        folder,
        '--class',
        '0',
        '--out',
        out,
      );
      const inspected = await tessera('inspect', file, '--json');
      for (const { code, stdout, stderr } of [explained, inspected]) {
        expect(stderr).toContain(message);
        expect(stderr.trimEnd().split('\n').length, 'a message and what to do').toBe(2);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      }
      expect(await tessera('report', out)).toMatchObject({ code: 2 });
    },
  );

  it('is not there: exit code 2, its path and what to do', async () => {
    const missing = path.join(await temporaryFolder(), 'missing.onnx');
    const { code, stderr } = await tessera('inspect', missing);
    expect(stderr).toBe(
      `tessera: cannot read ${missing}: there is no such file or folder\nCheck the path.\n`,
    );
    expect(code).toBe(2);
  });

  it.skipIf(process.platform === 'win32').each([
    ['the model', 'colours.onnx'],
    ['its card', 'colours.json'],
    ['its weights', 'weights.bin'],
    ['the labels', 'labels.txt'],
  ])('a pipe in the place of %s is refused at once', async (_, name) => {
    const folder = await temporaryFolder();
    const model = await writeModel(folder, withExternalWeights('weights.bin'));
    await writeFile(path.join(folder, 'weights.bin'), new Uint8Array(9 * 16 * 4));
    await rm(path.join(folder, name), { force: true });
    makePipe(path.join(folder, name));
    const labels = name === 'labels.txt' ? ['--labels', path.join(folder, name)] : [];
    const { code, stderr } = await tessera('inspect', model, ...labels);
    expect(stderr).toContain(`cannot read ${path.join(folder, name)}: it is a pipe (FIFO), not a file`);
    expect(code).toBe(2);
  });

  it('is a folder', async () => {
    const folder = path.join(await temporaryFolder(), 'folder.onnx');
    await mkdir(folder);
    const { code, stderr } = await tessera('inspect', folder);
    expect(stderr).toContain('it is a folder, not a file');
    expect(code).toBe(2);
  });
});
