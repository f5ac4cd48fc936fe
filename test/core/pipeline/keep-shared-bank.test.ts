import { beforeEach, describe, expect, it } from 'vitest';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { carriedNotes, keepSharedBank, type Partners } from '../../../core/pipeline/keep-shared-bank.ts';
import type { SharedBank } from '../../../core/pipeline/shared-bank.ts';
import { listBanks, loadDirections } from '../../../core/project/bank-folder.ts';
import { createProject, type Project } from '../../../core/project/project-folder.ts';
import { loadNotes, saveNotes } from '../../../core/project/run-notes.ts';
import { startRun } from '../../../core/project/start-run.ts';
import { memoryStorage } from '../project/memory-storage.ts';
import { projectContent, runContent, self } from '../project/sample-run.ts';

const layerOf = (tensor: string) => ({ tensor }) as LayerRecord;
const [FIRST, SECOND, THIRD] = ['a', 'b', 'c'].map((letter) => letter.repeat(32));

/** A bank of unit directions. */
function sharedBank(fingerprint: string, rows: readonly (readonly number[])[]): SharedBank {
  const data = Float32Array.from(rows.flatMap((row) => row.map((value) => value / Math.hypot(...row))));
  return {
    fingerprint,
    bank: {
      conceptBank: matrix(rows.length, rows[0].length, data),
      method: 'nmf',
      status: 'converged',
      iterations: 1,
    },
    sample: { images: [{ path: '/a.png' }], classes: [{ index: 0, images: 1 }] },
    madeAgain: () => Promise.reject(new Error('not asked for')),
  };
}

let project: Project;
let runs: string[];
let told: string[];
const keep = (run: number, shared: SharedBank, tensor = 'last') =>
  keepSharedBank(project, runs[run], shared, layerOf(tensor), (text) => told.push(text));

beforeEach(async () => {
  project = await createProject(memoryStorage(), '/p', projectContent);
  runs = [];
  told = [];
  for (let seed = 0; seed < 3; seed++) {
    const started = await startRun(project, { ...runContent, seed }, self);
    project = started.project;
    runs.push(started.run.id);
  }
});

describe('keepSharedBank()', () => {
  it('takes over what was said of concepts that are there again, and asks where it is not sure', async () => {
    await keep(
      0,
      sharedBank(FIRST, [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]),
    );
    const notes = await loadNotes(project, runs[0]);
    await saveNotes(project, runs[0], {
      ...notes,
      names: { c0: 'sky', c1: 'door', c2: 'fence' },
      comments: { c0: 'always blue' },
      hidden: ['c0'],
    });
    // The sky is row 1 now, something like the door row 0; nothing is like the fence.
    await keep(
      1,
      sharedBank(SECOND, [
        [0.9, 1, 0],
        [1, 0.1, 0],
      ]),
    );
    const now = await loadNotes(project, runs[1]);
    expect(now.names).toEqual({ c1: 'sky' });
    expect(now.comments).toEqual({ c1: 'always blue' });
    expect(now.hidden).toEqual(['c1']);
    expect(told).toEqual([
      'Is Concept 1 what was called "door"? Their directions have a cosine of 0.74, too little to take over what was said of it.',
      'No concept of the new bank is like "fence" of the one before; what was said of it was not taken over.',
      'Names taken over from the bank before: "sky".',
    ]);
    expect((await loadNotes(project, runs[0])).names).toEqual({ c0: 'sky', c1: 'door', c2: 'fence' });
  });

  it('takes nothing over from another layer, nor again to a bank that is there', async () => {
    await keep(
      0,
      sharedBank(FIRST, [
        [1, 0],
        [0, 1],
      ]),
    );
    await saveNotes(project, runs[0], { ...(await loadNotes(project, runs[0])), names: { c0: 'sky' } });
    await keep(
      1,
      sharedBank(SECOND, [
        [1, 0],
        [0, 1],
      ]),
      'early',
    );
    expect((await loadNotes(project, runs[1])).names).toEqual({});
    await keep(
      2,
      sharedBank(FIRST, [
        [1, 0],
        [0, 1],
      ]),
    );
    expect((await loadNotes(project, runs[2])).names).toEqual({ c0: 'sky' });
    expect(told).toEqual([]);
  });

  it('keeps the directions with the bank, which can be read again', async () => {
    const made = sharedBank(THIRD, [
      [3, 4],
      [1, 0],
    ]);
    await keep(0, made);
    expect((await listBanks(project)).map(({ id, bank }) => [id, bank.concepts, bank.layer])).toEqual([
      [THIRD, 2, 'last'],
    ]);
    expect((await loadDirections(project, THIRD))!.data).toEqual(made.bank.conceptBank.data);
  });
});

describe('carriedNotes()', () => {
  it('merges again only what is whole', () => {
    const partners: Partners = new Map([
      ['c0', { id: 'c5', cosine: 0.9 }],
      ['c1', { id: 'c6', cosine: 0.85 }],
      ['c2', { id: 'c7', cosine: 0.79 }],
    ]);
    const notes = {
      names: {},
      hidden: [],
      comments: {},
      merged: [
        ['c0', 'c1'],
        ['c0', 'c2'],
      ],
    };
    expect(carriedNotes(notes, partners).taken.merged).toEqual([['c5', 'c6']]);
  });
});
