import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TesseraError } from '../../../core/errors.ts';
import { classOfFolder, findClass } from '../../../core/images/find-class.ts';
import { loadLabels } from '../../../core/images/labels.ts';
import { parseLabels } from '../../../core/images/parse-labels.ts';
import type { Storage } from '../../../core/platform.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';

describe('parseLabels()', () => {
  const names = ['tench', 'great white shark', 'crane'];
  it.each([
    ['lines', 'tench\ngreat white shark\ncrane\n'],
    ['Windows lines with a byte-order mark', '\uFEFFtench\r\ngreat white shark\r\ncrane\r\n'],
    ['numbered lines', '0: tench\n1: great white shark\n2: crane'],
    ['WordNet ids', 'n01440764 tench\nn01484850 great white shark\nn02012849 crane'],
    ['a JSON array', '["tench", "great white shark", "crane"]'],
    ['JSON from index to name', '{"2": "crane", "0": "tench", "1": "great white shark"}'],
    ['JSON from name to index', '{"crane": 2, "tench": 0, "great white shark": 1}'],
    ["Keras' class index", '{"0": ["n0", "tench"], "1": ["n1", "great white shark"], "2": ["n2", "crane"]}'],
    ['a Python dictionary', `{0: 'tench', 1: "great white shark", 2: 'crane'}`],
  ])('reads %s', (_, text) => {
    expect(parseLabels(text, 'labels.txt')).toEqual(names);
  });

  it('keeps names that begin with digits', () => {
    expect(parseLabels('2 doors\n4 doors', 'x')).toEqual(['2 doors', '4 doors']);
    expect(parseLabels('7\n8', 'x')).toEqual(['7', '8']);
  });

  it('keeps an empty line between names, so that indices stay right', () => {
    expect(parseLabels('a\n\nc', 'x')).toEqual(['a', '', 'c']);
  });

  it.each([
    ['', /x cannot be read: it is empty/],
    ['{"0": "a", "5": "b"}', /each index from 0 to 1 must have one name \(see "b"\)/],
    ['{"a": 0, "b": 0}', /each index from 0 to 1/],
    ['[["a"], {}]', /a name was expected, got \{\}/],
    ['["a", ', /looks like JSON but is not valid JSON/],
  ])('refuses %j', (text, message) => {
    expect(() => parseLabels(text, 'x')).toThrow(message);
  });
});

/** Storage with these files and nothing else. */
function memory(files: Readonly<Record<string, string>>): Storage {
  return {
    ...fileStorage,
    exists: (path) => Promise.resolve(path in files),
    readBytes: (path) => Promise.resolve(new TextEncoder().encode(files[path])),
  };
}

describe('loadLabels()', () => {
  const question = {
    modelPath: join('m', 'net.onnx'),
    metadata: new Map([['names', "{0: 'x', 1: 'y'}"]]),
    classes: 2,
  };

  it('takes what a project kept of a file that is gone, and checks it', async () => {
    const asked = { ...question, labelsPath: 'gone.txt', kept: { names: ['a', 'b'], source: 'gone.txt' } };
    expect(await loadLabels(memory({}), asked)).toEqual({ names: ['a', 'b'], source: 'gone.txt' });
    expect((await loadLabels(memory({ 'gone.txt': 'c\nd' }), asked)).names).toEqual(['c', 'd']);
    await expect(loadLabels(memory({}), { ...asked, classes: 3 })).rejects.toThrow('expected 3 names');
  });
  const card = { [join('m', 'net.json')]: '{"labels": "l.txt"}', [join('m', 'l.txt')]: 'a\nb' };

  it('takes the file given, else the card, else the metadata, else numbers', async () => {
    const given = memory({ ...card, 'mine.txt': 'p\nq' });
    expect((await loadLabels(given, { ...question, labelsPath: 'mine.txt' })).names).toEqual(['p', 'q']);
    expect(await loadLabels(memory(card), question)).toEqual({
      names: ['a', 'b'],
      source: join('m', 'l.txt'),
      file: join('m', 'l.txt'),
    });
    expect(await loadLabels(memory({}), question)).toEqual({
      names: ['x', 'y'],
      source: "the model's metadata",
    });
    expect((await loadLabels(memory({}), { ...question, classes: 3 })).names).toEqual([
      'class 0',
      'class 1',
      'class 2',
    ]);
  });

  it('reads names that stand in the card itself', async () => {
    const storage = memory({ [join('m', 'net.json')]: '{"labels": ["a", "b"]}' });
    expect((await loadLabels(storage, question)).names).toEqual(['a', 'b']);
  });

  it('refuses a file of the wrong length', async () => {
    const storage = memory({ 'mine.txt': 'background\na\nb' });
    await expect(loadLabels(storage, { ...question, labelsPath: 'mine.txt' })).rejects.toMatchObject({
      code: 'bad-labels',
      message: 'the labels do not fit the model: expected 2 names, one for each class, got 3 (mine.txt)',
      hint: 'Give a file with one name a line, in the order of the model\'s outputs. The first line is "background", a background class that the model lacks: then move the names by one.',
      options: ['labelShift=drop-first'],
    });
  });

  it('moves names by one where that is asked for, and says so', async () => {
    const storage = memory({ 'mine.txt': 'background\na\nb' });
    const asked = { ...question, labelsPath: 'mine.txt', shift: 'drop-first' } as const;
    expect(await loadLabels(storage, asked)).toEqual({
      names: ['a', 'b'],
      source: 'mine.txt, moved by one',
      file: 'mine.txt',
    });
  });

  it.each(['labels.txt', 'labels.json', 'classes.txt', 'net.labels.txt'])(
    'finds %s beside the model',
    async (name) => {
      const path = join('m', name);
      const storage = memory({ [path]: name.endsWith('json') ? '["a", "b"]' : 'a\nb' });
      const bare = { ...question, metadata: new Map<string, string>() };
      expect(await loadLabels(storage, bare)).toEqual({ names: ['a', 'b'], source: path, file: path });
      // The card and the metadata win.
      expect((await loadLabels(memory({ ...card, [path]: 'p\nq' }), bare)).names).toEqual(['a', 'b']);
      expect((await loadLabels(storage, question)).names).toEqual(['x', 'y']);
    },
  );

  it('reports a file beside the model that does not fit, and takes numbers', async () => {
    const path = join('m', 'labels.txt');
    const bare = { ...question, metadata: new Map<string, string>() };
    const storage = memory({ [path]: 'background\na\nb' });
    expect(await loadLabels(storage, bare)).toEqual({
      names: ['class 0', 'class 1'],
      source: 'numbers',
      misfit: { source: path, names: 3, classes: 2, shift: 'drop-first' },
    });
    expect((await loadLabels(storage, { ...bare, shift: 'drop-first' })).names).toEqual(['a', 'b']);
    const many = memory({ [path]: 'a\nb\nc\nd' });
    expect((await loadLabels(many, bare)).misfit).toEqual({ source: path, names: 4, classes: 2 });
  });

  it('takes of a card with names by output those of the one that is asked about', async () => {
    const text = '{"labels": {"shape": ["circle", "square"], "colour": ["red", "green", "blue"]}}';
    const storage = memory({ [join('m', 'net.json')]: text });
    expect((await loadLabels(storage, { ...question, output: 'shape' })).names).toEqual(['circle', 'square']);
    expect((await loadLabels(storage, { ...question, output: 'colour', classes: 3 })).names).toEqual([
      ...['red', 'green', 'blue'],
    ]);
    expect((await loadLabels(storage, { ...question, output: 'size' })).source).toBe("the model's metadata");
    const keras = memory({ [join('m', 'net.json')]: '{"labels": {"0": ["n0", "a"], "1": ["n1", "b"]}}' });
    expect((await loadLabels(keras, { ...question, output: 'shape' })).names).toEqual(['a', 'b']);
  });
});

const models = join(import.meta.dirname, '../../../../shared/data/models');
describe.skipIf(!existsSync(models))(
  'loadLabels() with the shared models (skipped without ../shared)',
  () => {
    it.each([
      ['squeezenet1_1', 1000, 'tench'],
      ['mobilenet_v2', 1001, 'background'],
      ['cifar10_resnet20', 10, 'airplane'],
    ])('finds the labels of %s', async (name, classes, first) => {
      const modelPath = join(models, `${name}.onnx`);
      const { names } = await loadLabels(fileStorage, { modelPath, metadata: new Map(), classes });
      expect([names.length, names[0]]).toEqual([classes, first]);
    });
  },
);

describe('findClass()', () => {
  const names = ['tench, Tinca tinca', 'golf ball', 'crane', 'Ärmelkanal', 'crane', 'Golf Ball Marker', '3'];

  it.each([
    ['golf ball', 1],
    ['golf_ball', 1],
    ['GOLF-Ball', 1],
    ['tench', 0],
    ['tinca TINCA', 0],
    ['tench, tinca tinca', 0],
    ['A\u0308rmelkanal', 3],
    ['5', 5],
    ['3', 6],
  ])('understands %s', (query, index) => {
    expect(findClass(names, query)).toBe(index);
  });

  it('offers the candidates when several classes fit', () => {
    expect(() => findClass(names, 'crane')).toThrow('"crane" fits 2 classes: 2 (crane), 4 (crane)');
  });

  it.each(['golf bal', '7', '-1', ''])('does not know "%s", and offers the nearest names', (query) => {
    const error = (() => {
      try {
        return findClass(names, query);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({
      code: 'unknown-name',
      message: `the model has no class "${query}"`,
      hint: expect.stringMatching(/^Did you mean ".*"\? Or give an index from 0 to 6\.$/) as string,
    });
    if (query === 'golf bal') expect((error as TesseraError).hint).toContain('"golf ball"');
  });
});

describe('classOfFolder()', () => {
  it('knows folders of what something is not', () => {
    const names = ['not pneumonia', 'pneumonia'];
    const folders = ['PNEUMONIA', 'normal', 'Healthy', 'no_pneumonia', 'non-pneumonia', 'photos'];
    expect(folders.map((folder) => classOfFolder(names, folder))).toEqual([1, 0, 0, 0, 0, undefined]);
    expect(classOfFolder(['bacterial', 'viral'], 'normal')).toBeUndefined();
  });

  it('knows folders that are named after one class only', () => {
    const names = ['tench', 'golf ball', 'crane', 'crane'];
    expect(['golf_ball', 'crane', 'mixed', '1'].map((folder) => classOfFolder(names, folder))).toEqual([
      1,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
