import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileStorage } from '../../../core/runtime/storage.ts';
import type { ComputeClient } from '../../../main/compute/client.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { createEventHub } from '../../../main/services/events.ts';
import { placesOf } from '../../../main/services/places.ts';
import { createProjects } from '../../../main/services/projects.ts';
import { SetupService } from '../../../main/services/setup.ts';
import { temporaryFolder, writeModel, writePictures } from '../cli/colour-case.ts';

const CONTEXT: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

/** A setup on a home of its own, and a folder for what is dropped on it. */
async function dropCase() {
  const home = await temporaryFolder();
  const jobs = createJobs({}) as unknown as Record<
    string,
    (question: unknown, context: JobContext) => unknown
  >;
  const viewer = {
    run: (name: string, question: unknown) => Promise.resolve().then(() => jobs[name](question, CONTEXT)),
  } as unknown as ComputeClient;
  const places = placesOf(path.join(home, 'demo'), undefined, { TESSERA_HOME: path.join(home, 'home') });
  const events = createEventHub();
  const begun: unknown[] = [];
  events.subscribe((name, payload) => name === 'begun' && begun.push(payload));
  const projects = createProjects(fileStorage, places, viewer);
  const setup = new SetupService({ storage: fileStorage, places, projects, viewer, events });
  const at = (...parts: string[]): string => path.join(home, 'given', ...parts);
  const pictures = (name: string, count: number): Promise<string> => writePictures(at(name), count);
  const file = async (name: string, text = 'x'): Promise<string> => {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeFile(at(name), text);
    return at(name);
  };
  return { setup, begun, at, pictures, file, model: await writeModel(at('model')) };
}

const rejection = (promise: Promise<unknown>): Promise<{ message: string; hint?: string }> =>
  promise.then(
    () => ({ message: 'nothing was refused' }),
    (error: { error?: { message: string; hint?: string } }) => error.error ?? (error as never),
  );

describe('a model dropped together with images', () => {
  it('begins a new project; taking it back brings the old setup as it was', async () => {
    const { setup, begun, at, pictures, model } = await dropCase();
    const first = await setup.addPaths([model, await pictures('red', 4)]);
    expect(begun).toEqual([]);
    await setup.setOptions({ concepts: 3, classIndex: 1 });
    const before = setup.setup;
    const state = setup.state;

    const other = await writeModel(at('other'));
    const second = await setup.addPaths([other, await pictures('blue', 2)]);
    expect(second.images).toMatchObject({ count: 2, roots: [{ name: 'blue' }] });
    expect(second.options).toEqual(first.options);
    expect(second.key).not.toBe(before.key);
    // The same model: its first project may still be made where it was to be.
    expect(second.folder).not.toBe(before.folder);
    expect(begun).toEqual([{ key: second.key, name: second.name, images: 2 }]);

    await setup.setOptions({ concepts: 2 });
    expect(await setup.takeBackProject(second.key)).toEqual(before);
    expect(setup.state).toEqual(state);
    expect(await setup.takeBackProject(second.key)).toEqual(before);
  });

  it('leaves the old project alone where the model is refused, and takes what is usable', async () => {
    const { setup, pictures, file, model } = await dropCase();
    const before = await setup.addPaths([model, await pictures('red', 4)]);
    const broken = await file('broken.onnx', 'no model');
    const after = await setup.addPaths([broken, await pictures('blue', 2), await file('notes.md')]);
    expect(after).toMatchObject({
      key: before.key,
      images: { count: 4 },
      offered: { count: 2, names: ['blue'] },
    });
    expect(after.problems.model?.message).toContain('broken.onnx');
    expect(after.problems.files?.message).toContain('“notes.md” is not taken');
  });

  it('may come in one folder; a folder of a model alone needs no pictures and keeps those that are there', async () => {
    const { setup, at, pictures } = await dropCase();
    await writeModel(at('both'));
    await writePictures(at('both', 'red'), 3);
    const first = await setup.addPaths([at('both')]);
    expect(first).toMatchObject({ images: { count: 3 }, model: { fileName: 'colours.onnx' }, problems: {} });
    await writeModel(at('alone'));
    await pictures('unused', 1);
    expect(await setup.addPaths([at('alone')])).toMatchObject({ images: { count: 3 }, problems: {} });
  });
});

describe('images dropped alone', () => {
  it('are taken where there are none, and wait for a word where there are some', async () => {
    const { setup, pictures, model } = await dropCase();
    await setup.addPaths([model]);
    const first = await setup.addPaths([await pictures('red', 4)]);
    expect(first).toMatchObject({ images: { count: 4 }, offered: null });

    const blue = await pictures('blue', 3);
    const asked = await setup.addPaths([blue]);
    expect(asked).toEqual({ ...first, offered: { count: 3, names: ['blue'], roots: [blue] } });
    expect(await setup.answerImages('leave')).toEqual(first);
    expect(await setup.answerImages('add')).toEqual(first);

    await setup.addPaths([blue]);
    const both = await setup.answerImages('add');
    expect(both).toMatchObject({ images: { count: 7 }, offered: null, key: first.key });
    await setup.addPaths([await pictures('green', 2)]);
    expect(await setup.answerImages('replace')).toMatchObject({ images: { count: 2 }, offered: null });
    expect((await setup.undo()).images).toEqual(both.images);
    expect((await setup.undo()).images).toEqual(first.images);
  });

  it('are taken at once where it is said what becomes of them, or where they are there already', async () => {
    const { setup, pictures } = await dropCase();
    const red = await pictures('red', 4);
    await setup.addPaths([red]);
    const added = await setup.addPaths([await pictures('blue', 3)], { way: 'add' });
    expect(added).toMatchObject({ images: { count: 7 }, offered: null });
    await pictures('red', 5);
    expect(await setup.addPaths([red])).toMatchObject({ images: { count: 8 }, offered: null });
  });

  it('are no longer asked about once something else was changed', async () => {
    const { setup, pictures, model } = await dropCase();
    await setup.addPaths([model, await pictures('red', 4)]);
    await setup.addPaths([await pictures('blue', 3)]);
    expect((await setup.setOptions({ concepts: 3 })).offered).toBeNull();
    expect(await setup.answerImages('replace')).toMatchObject({ images: { count: 4 } });
  });

  it('count as their class when class-named folders come one by one, added or in the place of others', async () => {
    const { setup, pictures, model } = await dropCase();
    await setup.addPaths([model]);
    await setup.addPaths([await pictures('red', 2)]);
    await setup.addPaths([await pictures('blue', 3)]);
    const classesOf = (one: Awaited<ReturnType<typeof setup.undo>>) =>
      one.images!.folders.map(({ name, count, classIndex }) => [name, count, classIndex]);
    expect(classesOf(await setup.answerImages('add'))).toEqual([
      ['red', 2, 0],
      ['blue', 3, 2],
    ]);
    await setup.addPaths([await pictures('green', 1)]);
    expect(classesOf(await setup.answerImages('replace'))).toEqual([['green', 1, 1]]);
  });
});

describe('what is neither image, model, labels nor project', () => {
  const TAKEN =
    'Images and folders of them are taken, a model (.onnx), its labels (.txt or .json), a table of the images (.csv, .tsv or .json), boxes or masks (COCO’s .json, a folder of Pascal VOC’s .xml), and a project.';

  it.each([
    ['photos.zip', 'an archive', 'Unpack it, and drop the folder.'],
    ['notes.md', 'neither an image nor a model, labels, a table, boxes or a project', TAKEN],
    ['scan.dcm', 'DICOM picture, which is not taken; convert it to PNG or JPEG', TAKEN],
    ['model.data', 'weights of a model', 'Drop them together with their .onnx file.'],
  ])('is named and refused: %s', async (name, reason, hint) => {
    const { setup, file } = await dropCase();
    const before = setup.setup;
    expect(await rejection(setup.addPaths([await file(name)]))).toMatchObject({
      message: `“${name}” is not taken: ${reason}.`,
      hint,
    });
    expect(setup.setup).toEqual(before);
  });

  it('is refused as a folder that is empty or holds no pictures; a folder of folders is fine', async () => {
    const { setup, at, pictures, file } = await dropCase();
    await mkdir(at('empty'), { recursive: true });
    await file('texts/a.md');
    expect(await rejection(setup.addPaths([at('empty'), at('texts')]))).toMatchObject({
      message: 'Not taken: “empty” (an empty folder); “texts” (a folder without pictures).',
    });
    await pictures('deep/er/red', 2);
    const mixed = await setup.addPaths([at('deep'), at('empty'), await file('a.zip')]);
    expect(mixed.images).toMatchObject({ count: 2, roots: [{ name: 'deep' }] });
    expect(mixed.problems.files?.message).toBe('Not taken: “a.zip” (an archive); “empty” (an empty folder).');
    // It is told until the next change, and is no part of what is taken back.
    expect((await setup.setOptions({ concepts: 3 })).problems).toEqual({});
    expect((await setup.undo()).problems).toEqual({});
  });

  it('is told as well of what a browser did not send', async () => {
    const { setup, pictures } = await dropCase();
    const unsent = [
      { name: 'big.zip', kind: 'file' },
      { name: 'hollow', kind: 'folder' },
    ] as const;
    expect(await rejection(setup.addPaths([], { unsent }))).toMatchObject({
      message: 'Not taken: “big.zip” (an archive); “hollow” (an empty folder).',
    });
    const after = await setup.addPaths([await pictures('red', 1)], { unsent });
    expect(after).toMatchObject({ images: { count: 1 }, problems: { files: { code: 'bad-usage' } } });
  });

  it('is a table without images, and is no list of names', async () => {
    const { setup, file, model } = await dropCase();
    await setup.addPaths([model]);
    expect(
      (await setup.addPaths([await file('names.csv', '0,rouge\n1,vert\n2,bleu\n')])).model,
    ).toMatchObject({
      classNames: ['rouge', 'vert', 'bleu'],
    });
    const table = await file('table.csv', 'file,label,split\n1.png,red,train\n2.png,blue,test\n');
    expect(await rejection(setup.addPaths([table]))).toMatchObject({
      message: 'This needs images that the table speaks of.',
      hint: 'Drop the images first, or with the table.',
    });
  });

  it.each([
    ['net.pt', 'a PyTorch file', 'torch.onnx.export(model.eval(), torch.randn(1, 3, 224, 224), "net.onnx")'],
    ['net.PTH', 'a PyTorch file', '"net.onnx"'],
    ['net.h5', 'a Keras model', 'python -m tf2onnx.convert --keras "net.h5" --output "net.onnx"'],
    ['net.keras', 'a Keras model', '--keras "net.keras"'],
    ['net.tflite', 'a TensorFlow Lite model', '--tflite "net.tflite"'],
    ['net.safetensors', 'a file of weights (safetensors)', 'torch.onnx.export'],
  ])(
    'gets two lines on how to export it where it is a model of another format: %s',
    async (name, kind, line) => {
      const { setup, file } = await dropCase();
      const { message, hint } = await rejection(setup.addPaths([await file(name)]));
      expect(message).toBe(`“${name}” is not taken: ${kind}; models are read as ONNX.`);
      expect(hint?.split('\n')).toHaveLength(2);
      expect(hint).toContain(line);
    },
  );

  it('gets them for a .pb, too, which is read first: ONNX files were called so', async () => {
    const { setup, file, at, model } = await dropCase();
    const { message, hint } = await rejection(setup.addPaths([await file('saved_model.pb', 'no model')]));
    expect(message).toContain('is a TensorFlow model; models are read as ONNX.');
    expect(hint).toContain('--saved-model FOLDER');
    await fileStorage.writeAtomic(at('net.pb'), await fileStorage.readBytes(model));
    expect((await setup.addPaths([at('net.pb')])).model).toMatchObject({ fileName: 'net.pb' });
  });
});

describe('images that are looked at again', () => {
  it('are asked about anew where one was changed, came or went, and only then', async () => {
    const { setup, pictures, at, file, model } = await dropCase();
    await setup.addPaths([model, await pictures('red', 4)]);
    const { scanKey } = setup.state;
    setup.keepPredictions(setup.state, { images: [], predicted: [], skipped: [] });
    await setup.refreshImages();
    expect(setup.state.scanKey).toBe(scanKey);
    expect(setup.state.predictions).not.toBeNull();
    await file('red/001.png', 'another picture');
    await setup.refreshImages();
    expect(setup.state.scanKey).not.toBe(scanKey);
    expect(setup.state.predictions).toBeNull();
    const changed = setup.state.scanKey;
    await file('red/new.png');
    const { images } = await setup.refreshImages();
    expect(images?.count).toBe(5);
    expect(setup.state.scanKey).not.toBe(changed);
    const all = setup.state.scanKey;
    await rm(at('red'), { recursive: true });
    expect((await setup.refreshImages()).images?.count).toBe(5);
    expect(setup.state.scanKey).toBe(all);
  });
});

describe('a table', () => {
  const text = (names: readonly string[]): string =>
    ['file,camera', ...names.map((name, i) => `${name},${'AB'[i % 2]}`)].join('\n');

  it('is taken with images or after them, told from labels by what is in it, and taken back', async () => {
    const { setup, pictures, file, model } = await dropCase();
    const names = ['000.png', '001.png', '002.png', '003.png'];
    const images = await pictures('red', 4);
    const first = await setup.addPaths([model, images, await file('a.csv', text(names))]);
    expect(first.table).toMatchObject({
      fileName: 'a.csv',
      matched: '4 images of 4 have a row; column “file” names them.',
      notes: [],
      columns: [{ name: 'camera', kind: 'category' }],
    });
    expect(first.model?.labelsSource).not.toContain('a.csv');
    const json = JSON.stringify([{ file: '001.png', camera: 'A' }]);
    const second = await setup.addPaths([await file('b.json', json)]);
    expect(second.table).toMatchObject({
      fileName: 'b.json',
      notes: [expect.stringMatching(/^3 images have no row/)],
    });
    expect((await setup.undo()).table?.fileName).toBe('a.csv');
    expect((await setup.forget('table')).table).toBeNull();
  });

  it('that names none of the images is refused in words, and one that new images have no row in is let go', async () => {
    const { setup, pictures, file, model } = await dropCase();
    await setup.addPaths([model, await pictures('red', 2), await file('a.csv', text(['000.png']))]);
    const wrong = await rejection(setup.addPaths([await file('wrong.csv', 'id,camera,x\nq,A,1\n')]));
    expect(wrong.message).toBe(
      'No column of wrong.csv names any of the 2 pictures; its columns are id, camera, x.',
    );
    expect(setup.setup.table?.fileName).toBe('a.csv');
    await setup.addPaths([await file('a.csv', text(['gone.png']))]).catch(() => undefined);
    const moved = await setup.addPaths([await pictures('blue', 2)], { way: 'replace' });
    expect(moved.table).toBeNull();
    expect(moved.problems.table?.message).toMatch(/^No column of a.csv names any of the 2 pictures/);
  });
});

describe('boxes and masks', () => {
  const coco = (names: readonly string[]): string =>
    JSON.stringify({
      images: names.map((file_name, id) => ({ id, file_name, width: 8, height: 8 })),
      annotations: names.map((_, image_id) => ({ image_id, category_id: 1, bbox: [0, 0, 4, 4] })),
      categories: [{ id: 1, name: 'dot' }],
    });
  const voc = (name: string): string =>
    `<annotation><filename>${name}</filename><size><width>8</width><height>8</height></size><object><name>dot</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox></object></annotation>`;

  it('are taken as a COCO file or a folder of VOC, told from labels and tables, and taken back', async () => {
    const { setup, at, pictures, file, model } = await dropCase();
    const first = await setup.addPaths([
      model,
      await pictures('red', 3),
      await file('a.json', coco(['000.png'])),
    ]);
    expect(first).toMatchObject({
      marks: {
        fileName: 'a.json',
        matched: '1 image of 3 has marks, 1 object in all.',
        kinds: [{ name: 'dot', images: 1 }],
      },
      table: null,
      problems: {},
    });
    await file('voc/0.xml', voc('000.png'));
    await file('voc/1.xml', voc('001.png'));
    await file('voc/2.xml', '<annotation><filename>');
    const second = await setup.addPaths([at('voc')]);
    expect(second.marks).toMatchObject({
      fileName: 'voc',
      matched: '2 images of 3 have marks, 2 objects in all.',
      notes: [expect.stringMatching(/^1 file could not be read and is left out: 2\.xml: /)],
    });
    expect(second.images?.count).toBe(3);
    expect((await setup.undo()).marks?.fileName).toBe('a.json');
    expect((await setup.forget('marks')).marks).toBeNull();
  });

  it('may lie beside the pictures, or in a folder "Annotations"', async () => {
    const { setup, at, file, model } = await dropCase();
    await writePictures(at('all', 'JPEGImages'), 2);
    await file('all/Annotations/0.xml', voc('000.png'));
    expect(await setup.addPaths([model, at('all')])).toMatchObject({
      images: { count: 2 },
      marks: { fileName: 'Annotations' },
    });
    await writePictures(at('beside'), 2);
    await file('beside/1.xml', voc('001.png'));
    expect(await setup.addPaths([model, at('beside')])).toMatchObject({
      images: { count: 2 },
      marks: { fileName: 'beside', matched: '1 image of 2 has marks, 1 object in all.' },
    });
  });

  it('that cannot be read, or are of other images, are refused in words, and what was there stays', async () => {
    const { setup, at, pictures, file, model } = await dropCase();
    await setup.addPaths([model, await pictures('red', 2), await file('a.json', coco(['000.png']))]);
    const other = await rejection(setup.addPaths([await file('other.json', coco(['dog.jpg']))]));
    expect(other).toMatchObject({
      message: 'No object in other.json is in any of the images.',
      hint: 'It names pictures as "dog.jpg", the images are named as "red/000.png".',
    });
    await file('bad/0.xml', '<annotation><filename>');
    expect((await rejection(setup.addPaths([at('bad')]))).message).toMatch(/^0\.xml: /);
    const broken = '{"images": [{"id": 1}], "annotations": []}';
    const wrong = await rejection(setup.addPaths([await file('b.json', broken)]));
    expect(wrong.message).toMatch(/^b\.json is not in COCO's form: images\.0\.file_name/);
    const loose = await setup.addPaths([
      await file('0.xml', voc('000.png')),
      await file('1.xml', voc('001.png')),
    ]);
    expect(loose.problems.files).toMatchObject({
      message: '“1.xml” is not taken: a second file of boxes or masks.',
      hint: 'Drop the folder that holds the .xml files.',
    });
    expect(loose.marks?.fileName).toBe('0.xml');
    const moved = await setup.addPaths([await pictures('blue', 1)], { way: 'add' });
    expect(moved.marks).toBeNull();
    expect(moved.problems.marks?.message).toBe('No object in 0.xml is in any of the images.');
  });
});
