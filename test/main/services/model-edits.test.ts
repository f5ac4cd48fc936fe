import { describe, expect, it } from 'vitest';
import type { EditProof, ProofSet } from '../../../core/editing/edit-proof.ts';
import { judgeDecisions } from '../../../core/editing/judged-decisions.ts';
import { createEventHub } from '../../../main/services/events.ts';
import { createLongJobs } from '../../../main/services/long-jobs.ts';
import { createModelEdits } from '../../../main/services/model-edits.ts';

const CLASSES = ['barn', 'house'];

/** A set of two decisions that changed, the first of which is mended. */
function setOf(kind: ProofSet['kind'], folder: string, truths: readonly (number | undefined)[]): ProofSet {
  const images = truths.map((truth, at) => ({
    ...{ file: `${folder}/${at}.png`, folder: '', truth },
    ...{ before: at === 0 ? 0 : 1, after: at === 0 ? 1 : 0 },
  }));
  const skipped = [{ file: `${folder}/bad.png`, reason: 'no picture' }];
  return {
    ...{ kind, folders: [folder], known: 0, scores: [], sides: [], skipped },
    ...judgeDecisions(CLASSES, images),
  };
}

function proofOf(sets: readonly ProofSet[], classes: readonly string[] = CLASSES): EditProof {
  return {
    model: { path: '/models/net.onnx', sha256: 'a' },
    edited: { sha256: 'b', bytes: 10, nodes: 3, isInlined: false },
    run: { id: 'run1', project: '/p.tessera', className: 'house' },
    ...{ layer: 'x', how: 'remove', concepts: [{ id: 'c0', name: 'Stamp', factor: 0 }], classes, sets },
    ...{
      check: { images: 1, largest: 0, steps: 0 },
      time: { before: 1, after: 1 },
      alsoChanged: [],
      notices: [],
    },
  };
}

const question = { folder: '/p.tessera', key: 'k', runId: 'run1' };
const edit = { factors: { c0: 0 }, how: 'remove', heldOut: [] } as const;

function edits(proof: EditProof, target: () => string | null | undefined = () => '/home/ada/x.onnx') {
  const asked: unknown[][] = [];
  const answers = {
    tryEdit: { proof, preprocessing: {}, beside: [], places: [4, 5, null, null] },
    saveEdited: null,
    writeEditPage: null,
  };
  const compute = {
    run: (name: keyof typeof answers, given: unknown) => {
      asked.push([name, given]);
      return Promise.resolve(answers[name]);
    },
  };
  const service = createModelEdits({
    ...({ runner: compute, viewer: compute } as never as Pick<
      Parameters<typeof createModelEdits>[0],
      'runner' | 'viewer'
    >),
    jobs: createLongJobs(createEventHub()),
    reports: {
      reserve: (kind) => Promise.resolve({ id: `${kind}-1`, file: `/cache/${kind}-1` }),
      saveReserved: (id, name) => (
        asked.push([id, name]),
        Promise.resolve({ path: `/${name}`, document: null })
      ),
    },
    pictures: { nameOf: () => 'as1' },
    desktop: { chooseTarget: (name) => (asked.push(['name', name]), Promise.resolve(target())) },
  });
  return { service, asked };
}

describe('a tried edit', () => {
  it('is told with what was held out first, and every changed decision finds its own picture', async () => {
    const { service } = edits(
      proofOf([setOf('run', '/run', [1, 1]), setOf('held-out', '/new', [1, undefined])]),
    );
    const { sets, isDecision } = await service.try(question, edit);
    expect(isDecision).toBe(true);
    expect(sets.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ['held-out', 'fixes 1 of 1 mistakes, there was no right answer to break'],
      ['run', 'fixes 1 of 1 mistakes, breaks 1 of 1 right answers'],
    ]);
    const pictures = sets.flatMap(({ turned }) =>
      turned.map(({ turn, picture, image, truth, before, after }) => ({
        ...{ turn, image, truth, before, after },
        file: service.imageOf('edit-1', Number(picture.split('.')[2]))?.path,
      })),
    );
    expect(pictures).toEqual([
      { turn: 'fixed', image: null, truth: 'house', before: 'barn', after: 'house', file: '/new/0.png' },
      { turn: 'otherwise', image: null, truth: null, before: 'house', after: 'barn', file: '/new/1.png' },
      { turn: 'fixed', image: 4, truth: 'house', before: 'barn', after: 'house', file: '/run/0.png' },
      { turn: 'broken', image: 5, truth: 'house', before: 'house', after: 'barn', file: '/run/1.png' },
    ]);
  });

  it('knows no right and wrong where no folder names a class, and no decision of a number', async () => {
    const unnamed = await edits(proofOf([setOf('run', '/run', [undefined, undefined])])).service.try(
      question,
      edit,
    );
    expect(unnamed.sets[0]).toMatchObject({
      all: null,
      verdict: null,
      chance: null,
      images: 2,
      skippedCount: 1,
    });
    const number = await edits(proofOf([setOf('run', '/run', [])], [])).service.try(question, edit);
    expect(number.isDecision).toBe(false);
  });

  it('is saved where a person says, by a name after the model, and handed to a browser', async () => {
    const { service, asked } = edits(proofOf([setOf('run', '/r', [1])]));
    await service.try(question, edit);
    expect(await service.save({ id: 'edit-1' })).toEqual({ path: '/home/ada/x.onnx', document: null });
    expect(asked.slice(1)).toEqual([
      ['name', 'net edited.onnx'],
      ['saveEdited', { folder: '/p.tessera', edited: '/cache/edit-1', path: '/home/ada/x.onnx' }],
    ]);
    await service.savePage({ id: 'edit-1' });
    // The page tells of the file that was saved.
    expect(asked.slice(3)).toEqual([
      ['writeEditPage', expect.objectContaining({ file: '/home/ada/x.onnx', path: '/cache/proof-1' })],
      ['proof-1', 'x proof.html'],
    ]);
    const browser = edits(proofOf([setOf('run', '/r', [1])]), () => undefined).service;
    await browser.try(question, edit);
    expect(await browser.save({ id: 'edit-1' })).toEqual({ path: null, document: 'edit-1' });
    await expect(browser.save({ id: 'edit-9' })).rejects.toMatchObject({ code: 'unknown-name' });
  });
});
