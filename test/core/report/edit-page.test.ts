import { describe, expect, it } from 'vitest';
import type { EditProof, ProofSet } from '../../../core/editing/edit-proof.ts';
import { judgeDecisions, judgeSides } from '../../../core/editing/judged-decisions.ts';
import { renderEditPage } from '../../../core/report/edit/edit-page.ts';

const CLASSES = ['barn', 'house <b>'];
const PICTURE = 'data:image/jpeg;base64,AAAA';

const IMAGES = [
  { file: 'barn/<1>.jpg', folder: 'barn', truth: 0, before: 1, after: 0 },
  { file: 'barn/2.jpg', folder: 'barn', truth: 0, before: 0, after: 0 },
  { file: 'house/3.jpg', folder: 'house', truth: 1, before: 1, after: 0 },
];
const judged = judgeDecisions(CLASSES, IMAGES);
const set: ProofSet = {
  ...judged,
  kind: 'held-out',
  folders: ['/photos/new & old'],
  known: 2,
  skipped: [],
  sides: judgeSides(IMAGES, [
    {
      of: 'stamp',
      levels: ['with stamp', 'without stamp'],
      levelOf: new Map([
        [IMAGES[0].file, 0],
        [IMAGES[1].file, 1],
      ]),
    },
  ]),
  scores: [
    { index: 0, name: 'barn', mean: 0.5, absolute: 0.6 },
    { index: 1, name: 'house <b>', mean: -2, absolute: 2 },
  ],
};
const proof: EditProof = {
  model: { path: '/models/scenes.onnx', sha256: 'a'.repeat(64) },
  edited: { sha256: 'b'.repeat(64), bytes: 10, nodes: 24, isInlined: false },
  run: { id: 'run1', project: '/p', className: 'house' },
  layer: 'relu_9',
  how: 'pattern',
  concepts: [{ id: 'c0', name: 'Stamp', factor: 0 }],
  without: { kind: 'others', images: 40 },
  classes: CLASSES,
  sets: [{ ...set, kind: 'run', known: 0 }, set],
  check: { images: 24, largest: 3e-5, steps: 9 },
  time: { before: 2, after: 2.2 },
  notices: ['photos.csv has changed since the project was given it.'],
  alsoChanged: ['aux'],
};

const textOf = (page: string): string =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the proof of an edited model', () => {
  const page = renderEditPage({ proof, file: '/models/fixed.onnx', pictures: { 'barn/<1>.jpg': PICTURE } });
  const text = textOf(page);

  it('begins with what the edit fixes and breaks on held-out images', () => {
    expect(text).toContain('scenes.onnx without Stamp');
    expect(text).toContain(
      'On 3 images (held out) the edit fixes 1 of 1 mistakes, breaks 1 of 2 right answers. The difference may be chance',
    );
    expect(text).toContain('2 images of these folders the run was given; they are not counted here.');
  });

  it('shows the decisions that changed, also where a picture is gone', () => {
    // Of either set of images.
    expect(page.split(PICTURE)).toHaveLength(3);
    expect(text).toContain('Wrong before, right after: 1 image');
    expect(text).toContain(
      'Right before, wrong after: 1 image An answer that was right only because of what was taken out counts as broken. The picture can no longer be read.',
    );
  });

  it('tells how other scores change, and what was done', () => {
    expect(text).toContain('barn +0.50 0.60');
    expect(text).toContain('40 images that the run was given and does not explain');
    expect(text).toContain('within 3e-5 of the same edit by exact amounts, on 24 images');
    expect(text).toContain('aux follow from the layer, and so change too');
  });

  it('tells images with a cue from those without, and what a person should know of that', () => {
    expect(text).toContain('stamp images right before right after with stamp 1 0 % (0–79.3 %) 100 %');
    expect(text).toContain('without stamp 1 100 %');
    expect(text).toContain('photos.csv has changed since the project was given it.');
  });

  it('lets no name become markup', () => {
    expect(page).not.toContain('<1>');
    expect(page).not.toContain('house <b>');
    expect(page).toContain('&lt;1&gt;.jpg');
  });
});

describe('the proof on images whose folders name no class', () => {
  it('says that nothing is known of right and wrong', () => {
    const unknown = judgeDecisions(CLASSES, [
      { file: 'x.jpg', folder: 'new', truth: undefined, before: 0, after: 1 },
    ]);
    const only: ProofSet = { ...set, ...unknown, kind: 'run', known: 0 };
    const { all, pValue, ...rest } = only;
    expect([all, pValue]).toEqual([set.all, set.pValue]);
    const page = renderEditPage({ proof: { ...proof, sets: [rest] }, file: 'f.onnx', pictures: {} });
    expect(textOf(page)).toContain(
      'On 1 image (images of the run) 1 decision changed. No folder names a class, so that nothing is known of right and wrong.',
    );
  });
});
