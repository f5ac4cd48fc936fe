import { expect, it } from 'vitest';
import { EDIT_WAYS, USUAL_WAY } from '../../../core/editing/concept-edit.ts';
import { EDIT_WAY_WORDS } from '../../../core/wording/edit-way-words.ts';

it('has words for every way of an edit, the usual one first', () => {
  const ways = Object.keys(EDIT_WAY_WORDS);
  expect([...ways].sort()).toEqual(Object.keys(EDIT_WAYS).sort());
  expect(ways[0]).toBe(USUAL_WAY);
});
