import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { loadRun, openProject } from '../../../core/project/project-folder.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { float32 } from '../../../core/tensor.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { colourModel } from '../../fixtures/colour-model.ts';
import { type Blob, BLUE, GREY, RED, scene, writePictures } from './colour-case.ts';
import { colourCase, type Facts } from './explained-colours.ts';
import { findingsOf, tessera, tesseraProcess } from './run-tessera.ts';

const CONTEXT: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

function changed(model: Model, graph: Partial<Model['graph']>): Model {
  return { ...model, graph: { ...model.graph, ...graph } };
}

/** The colour model with channels last, as exporters of TensorFlow write it. */
function channelsLast(): Model {
  const model = colourModel({ squash: true });
  const [first, ...rest] = model.graph.nodes;
  const transpose = makeNode(
    'Transpose',
    ['picture'],
    ['image'],
    new Map([['perm', { type: 'ints', value: [0, 3, 1, 2] }]]),
  );
  const inputs = [{ name: 'picture', type: 'float32' as const, dims: ['batch', 32, 32, 3] }];
  return changed(model, { inputs, nodes: [transpose, first, ...rest] });
}

function withSoftmax(): Model {
  const model = colourModel({ squash: true });
  const { nodes, outputs } = model.graph;
  const softmax = makeNode(
    'Softmax',
    ['logits'],
    ['probabilities'],
    new Map([['axis', { type: 'int', value: 1 }]]),
  );
  return changed(model, { nodes: [...nodes, softmax], outputs: [{ ...outputs[0], name: 'probabilities' }] });
}

/** Share of a box that lies on a blob. */
function shareOn(
  blob: Pick<Blob, 'left' | 'top' | 'side'>,
  [left, top, width, height]: readonly number[],
): number {
  const across = Math.min(left + width, blob.left + blob.side) - Math.max(left, blob.left);
  const down = Math.min(top + height, blob.top + blob.side) - Math.max(top, blob.top);
  return (Math.max(across, 0) * Math.max(down, 0)) / (width * height);
}

describe('explain', () => {
  it('prints the promised fields as JSON on stdout and nothing else; progress goes to stderr', async () => {
    const { argv, images } = await colourCase();
    const { code, stdout, stderr } = await tesseraProcess(
      [...argv, ...['--images', images, '--class', 'red', '--concepts', '2', '--json']],
      { isSource: true },
    );
    expect(code).toBe(0);
    expect(stderr).toContain('predictions 9/9');
    const facts = JSON.parse(stdout) as Facts;
    expect(Object.keys(facts)).toEqual(
      expect.arrayContaining([
        'project',
        'report',
        'class',
        'layer',
        'concepts',
        'reconstruction',
        'skipped',
        'timings',
      ]),
    );
    const number = expect.any(Number) as number;
    expect(facts).toMatchObject({
      project: argv.at(-1),
      report: path.join(argv.at(-1)!, 'report.html'),
      class: { index: 0, name: 'red' },
      layer: 'squashed',
      skipped: [],
    });
    expect(facts.reconstruction).toEqual({ r2: number, relativeError: number, agreement: number });
    expect(Object.keys(facts.timings)).toEqual([
      'predictions',
      'rows',
      'bank',
      'coefficients',
      'importance',
      'rest',
      'maps-gated-gradient',
      'removals',
      'shortcuts',
      'mistakes',
      'evaluation',
      'influence',
    ]);
    expect(facts.concepts).toHaveLength(1);
    for (const { id, name, importance, crops } of facts.concepts) {
      expect(id).toMatch(/^c\d+$/);
      expect(name).toMatch(/^Concept \d$/);
      expect(importance).toEqual({ mean: number, low: number, high: number });
      for (const crop of crops) {
        expect(crop).toEqual({
          image: expect.any(String) as string,
          box: [number, number, number, number],
          coefficient: number,
        });
      }
    }
    expect(await readFile(facts.report, 'utf8')).toContain('</html>');
  });

  it('gives the same numbers for the same seed', async () => {
    const { explain, folder } = await colourCase();
    const [first, second] = [
      await explain(['--class', 'red', '--seed', '7']),
      await explain(['--class', 'red', '--seed', '7', '--out', path.join(folder, 'again.tessera')]),
    ];
    expect(findingsOf(JSON.stringify(second))).toEqual(findingsOf(JSON.stringify(first)));
  });

  it.each(['grid', 'crops'])('finds the red in pictures that show red and blue (%s)', async (rows) => {
    const { explain, folder } = await colourCase();
    const images = path.join(folder, 'two-coloured');
    await mkdir(images);
    const places = [0, 4, 8, 12, 16, 20].map((top) => ({
      red: { left: top % 16, top },
      blue: (top + 16) % 24,
    }));
    for (const [index, { red, blue }] of places.entries()) {
      const blobs = [
        { ...red, side: 12, colour: RED },
        { left: red.left < 8 ? 24 : 0, top: blue, side: 8, colour: BLUE },
      ];
      await writeFile(path.join(images, `${index}.png`), await scene(blobs));
    }
    const picked = ['--class', 'red', '--rows', rows, '--patch', '8'];
    const { concepts, reconstruction } = await explain(picked, images);
    const [top, other] = concepts;
    expect(top.crops).toHaveLength(places.length);
    for (const { image, box } of top.crops) {
      const { red } = places[Number(path.basename(image, '.png'))];
      expect(shareOn({ ...red, side: 12 }, box), image).toBeGreaterThan(0.5);
    }
    expect(top.importance.mean).toBeGreaterThan(0.95);
    expect(other.importance.mean).toBeLessThan(0.05);
    expect(reconstruction.agreement).toBe(1);
    expect(reconstruction.r2).toBeGreaterThan(0.95);
  });

  it.each([
    ['exported for one picture', colourModel({ squash: true, batch: 1 })],
    ['with channels last', channelsLast()],
  ])('explains a model %s as it does the ordinary one', async (_, model) => {
    const ordinary = await (await colourCase()).explain(['--class', 'red', '--rows', 'grid']);
    const { concepts, layer } = await (
      await colourCase({ model })
    ).explain(['--class', 'red', '--rows', 'grid']);
    expect(layer).toBe(ordinary.layer);
    const numbers = (facts: Pick<Facts, 'concepts'>) =>
      facts.concepts.flatMap(({ importance, crops }) => [
        importance.mean,
        ...crops.map((crop) => crop.coefficient),
      ]);
    // The same sums in another order.
    expect(numbers({ concepts })).toBeAllclose(numbers(ordinary), { rtol: 1e-5, atol: 1e-6 });
  });

  it('explains a model that ends in softmax', async () => {
    const { explain } = await colourCase({ model: withSoftmax() });
    const { concepts, reconstruction } = await explain(['--class', 'red']);
    expect(reconstruction.agreement).toBe(1);
    expect(concepts[0].importance.mean).toBeGreaterThan(0);
  });

  it('explains one single picture, and one single concept', async () => {
    const { explain } = await colourCase({ pictures: 1 });
    // One picture of one colour has one direction; a second concept would only repeat it.
    expect((await explain(['--class', 'red'])).concepts).toHaveLength(1);
    const { concepts } = await explain(['--class', 'red', '--concepts', '1']);
    expect(concepts).toHaveLength(1);
    // One picture has no interval.
    expect(concepts[0].importance).toEqual({ mean: 1, low: null, high: null });
  });

  it('chooses the number of concepts itself when asked to', async () => {
    const { explain } = await colourCase();
    const { concepts } = await explain(['--class', 'red', '--concepts', 'auto']);
    expect(concepts.length).toBeGreaterThanOrEqual(1);
    expect(concepts.length).toBeLessThanOrEqual(3);
  });

  it('chooses the layer too when asked to, and says what it compared', async () => {
    const { argv, images, explain } = await colourCase();
    const more = ['--class', 'red', '--layer', 'auto', '--concepts', 'auto'];
    const { layer, concepts, ...told } = await explain([...more, '--evaluate', 'none']);
    const known = await loadRun(await openProject(fileStorage, told.project), 'run1');
    expect(known).toMatchObject({
      options: { layer },
      comparison: { settled: ['layer', 'concepts', 'bank'] },
    });
    expect(told).toMatchObject({
      automatic: ['layer', 'concepts', 'bank'],
      comparison: known.comparison!.frontier,
    });
    expect(await readFile(told.report, 'utf8')).toContain('were chosen automatically, by comparing');
    const { stderr } = await tessera(...argv, '--images', images, ...more, '--json');
    expect(stderr).toMatch(/Of \d+ choices? compared: .* leaves? .* that no concept explains/);
    expect(stderr).toContain(`: ${layer} with `);
    expect(concepts.length).toBeGreaterThanOrEqual(1);
    const all = await tessera(
      ...argv,
      '--images',
      images,
      '--class',
      'all',
      '--layer',
      'auto',
      '--concepts',
      '2',
    );
    expect(all.code).toBe(2);
    expect(all.stderr).toContain('compared for one class at a time');
  });

  it('explains pictures that are all of one colour, whose activations do not vary', async () => {
    const { argv, folder } = await colourCase();
    const flat = path.join(folder, 'flat');
    await mkdir(flat);
    for (const name of ['a.png', 'b.png']) {
      await writeFile(path.join(flat, name), await scene([{ left: 0, top: 0, side: 32, colour: RED }]));
    }
    const { code, stdout, stderr } = await tessera(
      ...argv,
      '--images',
      flat,
      '--class',
      'red',
      '--concepts',
      '2',
      '--json',
    );
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as Facts).reconstruction.agreement).toBe(1);
  });

  it('explains pictures on which the layer is silent', async () => {
    const { argv, folder } = await colourCase();
    const flat = path.join(folder, 'flat');
    await mkdir(flat);
    await writeFile(path.join(flat, 'grey.png'), await scene([{ left: 0, top: 0, side: 32, colour: GREY }]));
    const { code, stdout, stderr } = await tessera(
      ...argv,
      '--images',
      flat,
      '--class',
      'red',
      '--concepts',
      '2',
      '--json',
    );
    expect(code, stderr).toBe(0);
    for (const { importance, crops } of (JSON.parse(stdout) as Facts).concepts) {
      expect(importance.mean).toBe(0);
      expect(crops).toEqual([]);
    }
  });

  it.each(['grid', 'crops'])(
    'takes a crop larger than the picture as the whole picture (%s)',
    async (rows) => {
      const { explain } = await colourCase();
      const { concepts } = await explain([
        '--class',
        'red',
        '--concepts',
        '1',
        '--rows',
        rows,
        '--patch',
        '500',
      ]);
      expect(concepts[0].crops.map(({ box }) => box)).toEqual(Array(6).fill([0, 0, 32, 32]));
    },
  );

  it('explains the pictures of the folder that is named like the class, whatever is predicted', async () => {
    const { argv, folder } = await colourCase();
    const named = path.join(folder, 'named');
    await writePictures(path.join(named, 'Blue'), 4);
    await writePictures(path.join(named, 'other'), 3);
    const { code, stdout, stderr } = await tessera(
      ...[...argv, '--images', named, '--class', 'blue', '--select', 'folder', '--concepts', '2', '--json'],
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ images: 4, class: { name: 'blue' } });
  });

  it('refuses a model that gives no finite numbers', async () => {
    const model = colourModel({ squash: true });
    const initializers = new Map(model.graph.initializers).set(
      'b_squash',
      float32(Float32Array.of(NaN, 0, 0), [3]),
    );
    const { argv, images } = await colourCase({ model: changed(model, { initializers }) });
    const { code, stdout, stderr } = await tessera(
      ...argv,
      '--images',
      images,
      '--class',
      'red',
      '--concepts',
      '2',
      '--json',
    );
    expect(stderr).toContain('000.png (the model gives scores for it that are not finite numbers)');
    expect(stderr).toContain('Check the preprocessing, and that the weights of the model are finite.');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('report', () => {
  it('names the picture that is gone since the run, and leaves the old report', async () => {
    const { explain } = await colourCase();
    const { report, project, concepts } = await explain(['--class', 'red']);
    const before = await readFile(report, 'utf8');
    const gone = concepts[0].crops[0].image;
    await rm(gone);
    const { code, stdout, stderr } = await tessera('report', project);
    expect(stderr).toContain(`The report shows ${gone}, which cannot be read: `);
    expect(stderr).toContain('Put the picture back where it was, or explain again without it.');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await readFile(report, 'utf8')).toBe(before);
  });

  it('takes the newest finished run, not one that found no picture', async () => {
    const { argv, images, explain } = await colourCase();
    const { report, project } = await explain(['--class', 'red']);
    const none = await tessera(...argv, '--images', images, '--class', 'green', '--concepts', '2');
    expect(none.code).toBe(2);
    await rm(report);
    const { code, stdout } = await tessera('report', project);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${report}\n` });
    expect(await readFile(report, 'utf8')).toContain('red');
  });
});

describe('a project whose labels came from a file', () => {
  it('names it by its whole path, and opens and runs again with the names it holds once it is gone', async () => {
    const { folder, explain } = await colourCase();
    const labels = path.join(folder, 'names.txt');
    await writeFile(labels, 'rouge\nvert\nbleu\n');
    const { project } = await explain(['--class', 'rouge', '--labels', path.relative('.', labels)]);
    const run = await loadRun(await openProject(fileStorage, project), 'run1');
    expect(run.options.labels).toBe(labels);
    expect(run.command).toContain(`--labels ${labels}`);
    await rm(labels);
    const again = await tessera('decompose', project, '--concept', 'c0', '--parts', '2');
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain(`${labels} was changed since the run`);
    const jobs = createJobs({});
    const ran = await jobs.explain(
      {
        folder: project,
        options: { ...run.options, seed: 1 },
        command: '',
        cache: path.join(folder, 'cache'),
      },
      CONTEXT,
    );
    expect((await jobs.readResult({ folder: project, key: 'k', ...ran }, CONTEXT)).className).toBe('rouge');
  });
});

describe('inspect', () => {
  it('prints the promised fields as JSON', async () => {
    const { file } = await colourCase();
    const { code, stdout } = await tessera('inspect', file, '--json');
    expect(code).toBe(0);
    const facts = JSON.parse(stdout) as { cutPoints: object[] };
    expect(facts).toMatchObject({ opset: 13, inputs: [{ name: 'image' }], outputs: [{ name: 'logits' }] });
    const number = expect.any(Number) as number;
    expect(facts.cutPoints).toContainEqual({
      tensor: 'squashed',
      shape: [1, 3, 8, 8],
      kind: 'spatial',
      minValue: 0,
      computeShare: number,
      proposed: true,
    });
  });
});
