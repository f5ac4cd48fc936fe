import { describe, expect, it } from 'vitest';
import { search, type SearchItem } from '../../../renderer/state/search.ts';

const item = (kind: SearchItem['kind'], label: string, detail?: string): SearchItem => ({
  kind,
  label,
  run: () => undefined,
  ...(detail !== undefined && { detail }),
});
const ITEMS = [
  item('Screen', 'Concepts'),
  item('Concept', 'red roof'),
  item('Concept', 'roof tiles'),
  item('Image', '04.jpg', 'house'),
];
const found = (query: string) => search(ITEMS, query).map(({ label }) => label);

describe('search()', () => {
  it('puts labels that begin with the query before those with a word that does', () =>
    expect(found('roof')).toEqual(['roof tiles', 'red roof']));
  it('needs every word, in whatever order', () => expect(found('roof red')).toEqual(['red roof']));
  it('looks into kinds and details', () => expect(found('image house')).toEqual(['04.jpg']));
  it('gives the first items for an empty query, and nothing for nonsense', () => {
    expect(search(ITEMS, '', 2)).toHaveLength(2);
    expect(found('xyzzy')).toEqual([]);
  });
});
