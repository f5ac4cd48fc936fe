import { describe, expect, it } from 'vitest';
import type { EditFacts } from '../../../core/editing/edit-facts.ts';
import { editText, nextText } from '../../../main/cli/edit-output.ts';

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

describe('what an edit of a model without classes does', () => {
  it('is told by the change of its scores alone', () => {
    const scores = [{ index: 0, name: 'the number', mean: -2.5, absolute: 3.25 }];
    const set = { kind: 'run', images: 24, all: null, otherwise: [], fixed: [], broken: [], scores };
    const text = editText({
      ...{
        file: 'x.onnx',
        layer: 'relu',
        how: 'mean',
        concepts: [],
        classes: [],
        sets: [set],
        alsoChanged: [],
      },
      run: { id: 'run1', project: 'out.tessera', className: 'higher age' },
      ...{ check: { images: 24, largest: 1e-5, steps: 3 }, time: { before: 1, after: 1 } },
      edited: { isInlined: false },
    } as unknown as EditFacts);
    expect(text).toContain('The model decides among no classes');
    expect(text).toMatch(/the number +−2\.50 +3\.25/);
    expect(text).not.toContain('decision');
  });
});
