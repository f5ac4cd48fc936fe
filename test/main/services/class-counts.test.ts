import { describe, expect, it } from 'vitest';
import type { ClassCounts, ScoresSummary } from '../../../main/api/contract.ts';
import type { Predictions } from '../../../main/compute/protocol.ts';
import { classCounts } from '../../../main/services/class-counts.ts';
import { emptySetup, type SetupState } from '../../../main/services/setup-state.ts';
import { fakeModel } from '../../fakes/fake-setup.ts';

function counted(
  scores: Partial<ScoresSummary>,
  classNames: readonly string[],
  answers: Partial<Predictions>,
  paths: readonly string[] = [],
): ClassCounts['classes'] {
  const model = { ...fakeModel, scores: { ...fakeModel.scores!, ...scores }, classNames };
  const predicted = answers.predicted ?? [];
  const images = predicted.map((_, i) => i);
  const files = predicted.map((_, i) => ({ path: paths[i] ?? `/p/${i}.png`, root: '/p', folder: '' }));
  const scan = { images: files, skipped: [], otherFiles: 0 };
  const state: SetupState = { ...emptySetup('key', 'cpu'), model, scan };
  return classCounts(state, { images, predicted, skipped: [], ...answers }).classes;
}

const counts = (...given: Parameters<typeof counted>): [string, number | null][] =>
  counted(...given).map(({ name, count }) => [name, count]);

const said = (index: number, value?: number) => ({
  index,
  name: '',
  ...(value !== undefined && { value }),
});

describe('classCounts()', () => {
  it('lists both sides of a yes or no, also the one that no image is on', () => {
    const answers = { predicted: [said(1), said(1)] };
    expect(counts({ task: 'binary' }, ['not ill', 'ill'], answers)).toEqual([
      ['not ill', 0],
      ['ill', 2],
    ]);
  });

  it('counts every label that holds, and those where it does not', () => {
    const answers = { predicted: [said(0), said(1), said(0)], held: [[0, 1], [1], []] };
    const names = ['cat', 'dog', 'not cat', 'not dog'];
    expect(counts({ task: 'multilabel' }, names, answers)).toEqual([
      ['cat', 1],
      ['dog', 2],
      ['not cat', 2],
      ['not dog', 1],
    ]);
  });

  it('parts a number at its threshold, or at the mean as a run does', () => {
    const answers = { predicted: [said(0, 10), said(0, 20), said(0, 60)] };
    const names = ['lower age', 'higher age'];
    expect(counts({ task: 'regression' }, names, answers).map(([, count]) => count)).toEqual([2, 1]);
    const split = counts({ task: 'regression', threshold: 15 }, names, answers);
    expect(split.map(([, count]) => count)).toEqual([1, 2]);
  });

  it('counts no likeness before the reference was looked at', () => {
    const answers = { predicted: [said(0)] };
    expect(counts({ task: 'embedding' }, ['unlike', 'like'], answers)).toEqual([
      ['unlike', null],
      ['like', null],
    ]);
  });

  it('shows of a class what its folder and the model call so, and a mistaken image only if there is no other', () => {
    const names = ['cat', 'dog', 'cow', 'elk', 'fox'];
    const paths = ['/dog/0', '/dog/1', '/cat/2', '/cat/3', '/cow/4', '/p/5', '/dog/6', '/cat/7'];
    const predicted = [0, 1, 2, 0, 0, 3, 3, 4].map((index) => said(index));
    const shown = counted({ task: 'multiclass' }, names, { predicted }, paths);
    const pictureOf = (index: number) => shown.find((one) => one.index === index)?.picture?.at(-1);
    expect([0, 1, 2, 3, 4].map(pictureOf)).toEqual(['3', '1', '4', '5', '7']);
  });
});
