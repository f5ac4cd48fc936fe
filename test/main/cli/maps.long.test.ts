import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../core/onnx/graph.ts';
import { makeNode } from '../../../core/onnx/graph-edits.ts';
import { decodeSafetensors } from '../../../core/project/safetensors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { colourModel } from '../../fixtures/colour-model.ts';
import { blobsOf, temporaryFolder, writeModel, writePictures } from './colour-case.ts';
import { finishedRun } from './finished-run.ts';
import { tessera } from './run-tessera.ts';

/** Explains red in six pictures and reads what the project then holds. */
async function explain(more: readonly string[], model?: Model) {
  const folder = await temporaryFolder();
  const file = await writeModel(path.join(folder, 'model'), model);
  const images = await writePictures(path.join(folder, 'images'), 6);
  const out = path.join(folder, 'out.tessera');
  const { code, stderr } = await tessera(
    ...['explain', '--model', file, '--images', images, '--class', 'red', '--concepts', '1'],
    ...['--device', 'cpu', '--out', out, ...more],
  );
  if (code !== 0) return { code, stderr };
  const run = await finishedRun(out);
  return {
    code,
    stderr,
    run,
    tensors: decodeSafetensors(await readFile(path.join(out, 'runs/run1/tensors.safetensors'))).tensors,
    report: await readFile(path.join(out, 'report.html'), 'utf8'),
  };
}

/** Is the brightest pixel of every map on the blob of its picture? */
function hitsBlobs(maps: Tensor, places: Tensor, images: readonly { file: string }[]): boolean[] {
  const [count, height, width] = maps.dims;
  return Array.from({ length: count }, (_, i) => {
    const map = (maps.data as Float32Array).subarray(i * height * width, (i + 1) * height * width);
    const brightest = map.indexOf(Math.max(...map));
    const [x, y] = [brightest % width, Math.floor(brightest / width)];
    const image = (places.data as Int32Array)[2 * i + 1];
    const [{ left, top, side }] = blobsOf(Number(path.basename(images[image].file, '.png')));
    const [across, down] = [(x * 32) / width, (y * 32) / height];
    return across >= left && across < left + side && down >= top && down < top + side;
  });
}

/** The colour model with a step on its way, which has no gradient. */
function stepped(): Model {
  const model = colourModel({ squash: true });
  const { nodes } = model.graph;
  const [detect, relu, ...rest] = nodes;
  const step = makeNode('Round', ['detected'], ['rounded'], new Map());
  return {
    ...model,
    graph: { ...model.graph, nodes: [detect, step, { ...relu, inputs: ['rounded'] }, ...rest] },
  };
}

describe('explain --map', () => {
  it('draws every method asked for, stores the maps, and puts them on the coloured square', async () => {
    const { code, stderr, run, tensors, report } = await explain([
      '--map',
      'gated-gradient',
      '--map',
      'occlusion',
    ]);
    expect(code, stderr).toBe(0);
    expect(run!.explanation.maps!.map(({ method }) => method)).toEqual(['gated-gradient', 'occlusion']);
    for (const method of ['gated-gradient', 'occlusion']) {
      expect(run!.stages[`maps-${method}`]?.status).toBe('done');
      const maps = tensors!.get(`maps.${method}`)!;
      expect(maps.dims.slice(1)).toEqual([32, 32]);
      const hits = hitsBlobs(maps, tensors!.get(`maps.${method}.places`)!, run!.explanation.images);
      expect(hits).toEqual(hits.map(() => true));
      expect(hits.length).toBeGreaterThan(0);
    }
    expect(report).toContain('One scale for each method');
    expect(report).toContain('<dt>Gated gradient</dt>');
    expect(report).toContain('<dt>Occlusion</dt>');
  });

  it.each(['grid', 'crops'])('draws on oblong pictures, with rows from the %s', async (rows) => {
    const square = colourModel({ squash: true });
    const inputs = [{ ...square.graph.inputs[0], dims: ['batch', 3, 32, 48] }];
    const oblong = { ...square, graph: { ...square.graph, inputs } };
    const { code, stderr, run, tensors } = await explain(['--rows', rows, '--patch', '12'], oblong);
    expect(code, stderr).toBe(0);
    const maps = tensors!.get('maps.gated-gradient')!;
    expect(maps.dims.slice(1)).toEqual([32, 48]);
    const hits = hitsBlobs(maps, tensors!.get('maps.gated-gradient.places')!, run!.explanation.images);
    expect(hits).toEqual(hits.map(() => true));
  });

  it('falls back to occlusion for a model without gradients, and says so in the run and on the page', async () => {
    const { code, stderr, run, tensors, report } = await explain([], stepped());
    expect(code, stderr).toBe(0);
    const [record] = run!.explanation.maps!;
    expect(record.method).toBe('occlusion');
    expect(record.insteadOf?.method).toBe('gated-gradient');
    expect(record.insteadOf?.reason).toContain('Round');
    expect(tensors!.has('maps.occlusion')).toBe(true);
    expect(Object.values(run!.stages).every(({ status }) => status === 'done')).toBe(true);
    expect(report).toContain('gated-gradient was asked for and cannot be drawn for this model');
  });

  it('names an unknown method and the nearest', async () => {
    const { code, stderr } = await explain(['--map', 'ocluson']);
    expect(code).toBe(2);
    expect(stderr).toContain('--map takes the name of a method; got "ocluson".');
    expect(stderr).toContain('Nearest: occlusion');
  });
});
