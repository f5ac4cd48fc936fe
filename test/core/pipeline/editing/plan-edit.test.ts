import { describe, expect, it } from 'vitest';
import { checkedImages, type EditedRun } from '../../../../core/pipeline/editing/plan-edit.ts';

const files = (stem: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ path: `/${stem}/${i}.png`, folder: stem }));
const runOf = (explained: number, others: number) =>
  ({ explained: files('own', explained), others: files('other', others) }) as unknown as EditedRun;
const counts = (run: EditedRun, images: number) => {
  const paths = checkedImages(run, images).map(({ path }) => path);
  const own = paths.filter((path) => path.startsWith('/own')).length;
  return { own, other: paths.length - own, different: new Set(paths).size };
};

describe('the images that an edited file is checked on', () => {
  it('are a third others than the explained', () => {
    expect(counts(runOf(100, 900), 24)).toEqual({ own: 16, other: 8, different: 24 });
  });

  it('are the explained alone where there are no others, and more of them where there are few', () => {
    expect(counts(runOf(100, 0), 24)).toEqual({ own: 24, other: 0, different: 24 });
    expect(counts(runOf(100, 2), 24)).toEqual({ own: 22, other: 2, different: 24 });
    expect(counts(runOf(5, 2), 24)).toEqual({ own: 5, other: 2, different: 7 });
  });
});
