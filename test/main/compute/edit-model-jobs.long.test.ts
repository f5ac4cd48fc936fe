import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EDIT_KEY } from '../../../core/editing/edit-model.ts';
import { loadModel } from '../../../core/onnx/load-model.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { BLUE, scene } from '../cli/colour-case.ts';
import { finishedRun } from './finished-run.ts';

const CONTEXT: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

describe('tryEdit and saveEdited', () => {
  it('judge an edited model on the run and on held-out images, and write it anywhere but over the model', async () => {
    const { home, question } = await finishedRun();
    const heldOut = path.join(home, 'held out');
    await mkdir(path.join(heldOut, 'blue'), { recursive: true });
    await writeFile(
      path.join(heldOut, 'blue', 'a.png'),
      await scene([{ left: 4, top: 8, side: 12, colour: BLUE }]),
    );
    const jobs = createJobs({});
    const { concepts } = await jobs.readResult(question, CONTEXT);
    await jobs.editConcept(
      { ...question, edit: { kind: 'rename', concept: concepts[0].id, name: 'Squares' } },
      CONTEXT,
    );
    const edited = path.join(home, 'tried.onnx');
    const asked = { ...question, how: 'remove', heldOut: [heldOut], path: edited } as const;
    const stands: string[] = [];
    const { proof, places, beside } = await jobs.tryEdit(
      { ...asked, factors: { [concepts[0].id]: 0.5 } },
      { ...CONTEXT, onProgress: ({ stage }) => stands.push(stage) },
    );
    expect(proof.concepts).toEqual([{ id: concepts[0].id, name: 'Squares', factor: 0.5 }]);
    expect(proof.sets.map(({ kind, images, all }) => [kind, images, all?.images])).toEqual([
      ['run', 6, undefined],
      ['held-out', 1, 1],
    ]);
    expect(proof.check.largest).toBeLessThan(1e-3);
    expect(stands).toContain('predictions');
    const turned = proof.sets.flatMap(({ fixed, broken, otherwise }) => [...fixed, ...broken, ...otherwise]);
    expect(places).toHaveLength(turned.length);
    expect(beside).toEqual([]);

    const before = await readFile(proof.model.path);
    const out = path.join(home, 'fixed.onnx');
    await jobs.saveEdited({ folder: question.folder, edited, path: out }, CONTEXT);
    expect((await loadModel(fileStorage, out)).metadata.has(EDIT_KEY)).toBe(true);
    await expect(
      jobs.saveEdited({ folder: question.folder, edited, path: proof.model.path }, CONTEXT),
    ).rejects.toMatchObject({ code: 'bad-usage' });
    expect(await readFile(proof.model.path)).toEqual(before);
  });

  it('count images of each value of a column by themselves, and refuse a column that there is not', async () => {
    const { home, question } = await finishedRun();
    const heldOut = path.join(home, 'held out');
    await mkdir(path.join(heldOut, 'blue'), { recursive: true });
    for (const name of ['a.png', 'b.png', 'c.png'])
      await writeFile(
        path.join(heldOut, 'blue', name),
        await scene([{ left: 4, top: 8, side: 12, colour: BLUE }]),
      );
    const table = path.join(home, 'places.csv');
    await writeFile(table, 'file,place\na.png,north\nb.png,south\nc.png,south\n');
    const jobs = createJobs({});
    await jobs.rememberTable({ folder: question.folder, path: table }, CONTEXT);
    const [{ id }] = (await jobs.readResult(question, CONTEXT)).concepts;
    const asked = { ...question, how: 'remove', heldOut: [heldOut], factors: { [id]: 0 } } as const;
    const { proof } = await jobs.tryEdit(
      { ...asked, by: ['Place'], path: path.join(home, 'tried.onnx') },
      CONTEXT,
    );
    expect(proof.sets.map(({ sides }) => sides.map(({ of, name, images }) => [of, name, images]))).toEqual([
      [],
      [
        ['Place', 'south', 2],
        ['Place', 'north', 1],
      ],
    ]);
    await expect(
      jobs.tryEdit({ ...asked, by: ['colour'], path: path.join(home, 'tried.onnx') }, CONTEXT),
    ).rejects.toMatchObject({ code: 'bad-usage', hint: expect.stringContaining('"place"') as string });
  });

  it('refuse a concept that the run has not, and folders of which it was given every image', async () => {
    const { home, question } = await finishedRun();
    const jobs = createJobs({});
    const asked = { ...question, how: 'remove', path: path.join(home, 'tried.onnx') } as const;
    await expect(jobs.tryEdit({ ...asked, factors: { c99: 0 }, heldOut: [] }, CONTEXT)).rejects.toMatchObject(
      { code: 'unknown-name' },
    );
    const [{ id }] = (await jobs.readResult(question, CONTEXT)).concepts;
    await expect(
      jobs.tryEdit({ ...asked, factors: { [id]: 0 }, heldOut: [path.join(home, 'images')] }, CONTEXT),
    ).rejects.toMatchObject({ code: 'no-images' });
  });
});
