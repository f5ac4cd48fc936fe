import { describe, expect, it } from 'vitest';
import { changedNotes } from '../../../core/project/changed-notes.ts';
import type { NotesFile } from '../../../core/project/run-notes.ts';

const NONE: NotesFile = { schemaVersion: 3, names: {}, hidden: [], merged: [], comments: {} };
const before: NotesFile = {
  ...NONE,
  names: { c0: 'sky', c1: 'sea' },
  hidden: ['c5'],
  merged: [['c0', 'c2']],
  comments: { c1: 'blue' },
};

describe('changedNotes()', () => {
  it('leads from what an edit left to what there was before it', () => {
    const after: NotesFile = {
      ...NONE,
      names: { c0: 'sky', c1: 'ocean', c3: 'tree' },
      hidden: ['c4'],
      merged: [['c0', 'c2', 'c6']],
      comments: {},
      joined: ['c1'],
    };
    expect(changedNotes(after, { from: after, to: before })).toEqual({ ...before, joined: [] });
    expect(changedNotes(before, { from: before, to: after })).toEqual(after);
  });

  it('leaves what was said meanwhile elsewhere, also the name of the run', () => {
    const after = { ...before, names: { ...before.names, c3: 'tree' } };
    const present: NotesFile = {
      ...after,
      names: { ...after.names, c4: 'rock' },
      hidden: ['c5', 'c6'],
      merged: [...after.merged, ['c3', 'c4']],
      runName: 'with the stamp',
    };
    expect(changedNotes(present, { from: after, to: before })).toEqual({
      ...present,
      names: { c0: 'sky', c1: 'sea', c4: 'rock' },
    });
  });

  it('gives concepts of a group that comes back to no other group', () => {
    const after = { ...before, merged: [] };
    const present = {
      ...after,
      merged: [
        ['c2', 'c3'],
        ['c7', 'c8'],
      ],
    };
    expect(changedNotes(present, { from: after, to: before }).merged).toEqual([
      ['c7', 'c8'],
      ['c0', 'c2'],
    ]);
  });
});
