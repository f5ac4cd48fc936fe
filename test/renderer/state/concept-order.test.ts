import { describe, expect, it } from 'vitest';
import type { ConceptItem } from '../../../main/api/contract.ts';
import { companions, listedConcepts, neighbour, tieGroups } from '../../../renderer/state/concept-order.ts';

const concept = (id: string, changes: Partial<ConceptItem> = {}): ConceptItem => ({
  id,
  name: id,
  givenName: id,
  rank: 0,
  importance: { mean: 0.1, low: 0, high: 0.2 },
  tier: 0,
  effect: null,
  prevalence: 0.5,
  reliability: null,
  shortcuts: [],
  isHidden: false,
  group: [],
  comment: '',
  cover: [],
  strengths: [],
  ...changes,
});

describe('the order of concepts', () => {
  it('leaves out hidden ones unless they are wanted', () => {
    const all = [concept('a'), concept('b', { isHidden: true })];
    expect(listedConcepts(all, false).map(({ id }) => id)).toEqual(['a']);
    expect(listedConcepts(all, true).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('groups neighbours that cannot be told apart', () => {
    const groups = tieGroups([
      concept('a', { tier: 0 }),
      concept('b', { tier: 1 }),
      concept('c', { tier: 1 }),
    ]);
    expect(groups.map(({ concepts }) => concepts.map(({ id }) => id))).toEqual([['a'], ['b', 'c']]);
  });

  it('steps and stops at the ends', () => {
    const items = [{ id: 'a' }, { id: 'b' }];
    expect(neighbour(items, 'a', 1)?.id).toBe('b');
    expect(neighbour(items, 'b', 1)?.id).toBe('b');
    expect(neighbour(items, null, 1)?.id).toBe('a');
    expect(neighbour([], 'a', 1)).toBeUndefined();
  });

  it('tells how often another is in the same pictures, of those with this one', () => {
    const all = [concept('a', { prevalence: 0.5 }), concept('b'), concept('c', { isHidden: true })];
    const shares = [
      [0.5, 0.25, 0.5],
      [0.25, 0.5, 0],
      [0.5, 0, 0.5],
    ];
    expect(companions(all, shares, 'a').map(({ concept: { id }, share }) => [id, share])).toEqual([
      ['b', 0.5],
    ]);
    expect(companions(all, shares, 'missing')).toEqual([]);
  });
});
