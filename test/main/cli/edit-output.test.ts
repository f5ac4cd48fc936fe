import { describe, expect, it } from 'vitest';
import type { EditFacts } from '../../../core/editing/edit-facts.ts';
import { nextText } from '../../../main/cli/edit-output.ts';

describe('what to try after an edit', () => {
  const of = (mendsLittle: boolean): string[] =>
    nextText({ mendsLittle, run: { id: 'run1', project: 'out.tessera', className: 'fox' } } as EditFacts);

  it('is the search where it mended little, and nothing else where it did not', () => {
    expect(of(true)).toEqual([
      '',
      'This edit mends little. A search may find one that mends more and breaks less. Try: tessera edit out.tessera --search',
    ]);
    expect(of(false)).toEqual([]);
  });
});
