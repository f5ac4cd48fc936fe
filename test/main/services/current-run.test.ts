import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import { firstLookText } from '../../../core/wording/first-look-words.ts';
import { parsePictureId } from '../../../main/compute/picture-ids.ts';
import type { RunNews } from '../../../main/compute/protocol.ts';
import { newRun, takeEarly } from '../../../main/services/current-run.ts';

const NEWS = {
  kind: 'concepts',
  runId: 'run1',
  files: ['a.png', 'b.png'],
  preprocessing: {},
  crops: [{ id: 'c1', crops: [{ image: 1, box: [0, 0, 8, 8], coefficient: 1 }] }],
} as unknown as Extract<RunNews, { kind: 'concepts' }>;

describe('takeEarly', () => {
  it('names pictures of a first look otherwise than the run names its own, which follow', () => {
    const options = resolveOptions({ model: 'm.onnx', images: ['in'], class: 'fox' });
    const run = newRun({ folder: '/p', options } as Parameters<typeof newRun>[0], 'fox');
    const first = takeEarly(run, 'p1', { ...NEWS, of: 200 });
    expect(first).toMatchObject({ runId: 'run1', from: { images: 2, of: 200 } });
    expect(parsePictureId(first.concepts[0].crops[0])).toMatchObject({ run: 'run1-first', image: 1 });
    expect([...run.earlyImages.keys()]).toEqual(['run1-first']);
    const own = takeEarly(run, 'p1', NEWS);
    expect(own.from).toBeUndefined();
    expect(parsePictureId(own.concepts[0].crops[0])).toMatchObject({ run: 'run1', image: 1 });
    expect(run.early).toBe(own);
    // A page may still be asking for pictures of the first look.
    expect([...run.earlyImages.keys()]).toEqual(['run1-first', 'run1']);
  });
});

describe('firstLookText', () => {
  it('says of how many images it is, and what becomes of it', () => {
    const from = { images: 48, of: 1200 };
    expect(firstLookText(from, true)).toBe(
      'first look: from 48 of 1,200 images; those of the run take its place',
    );
    expect(firstLookText(from, false)).toBe(
      'first look: from 48 of 1,200 images; the run stopped before its own',
    );
  });
});
