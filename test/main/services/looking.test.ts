import { describe, expect, it } from 'vitest';
import type { ModelSummary } from '../../../main/api/contract.ts';
import type { Services } from '../../../main/services/handlers/services.ts';
import { lookingHandlers } from '../../../main/services/handlers/looking.ts';
import { emptySetup, type SetupState } from '../../../main/services/setup-state.ts';

const NAMES = ['barn', 'house'];
const FILES = ['barn/0.png', 'barn/1.png', 'house/2.png', 'misc/3.png'];
const ANSWERS = [0, 1, 1, 1];

const state = (options: Partial<SetupState['options']>, isCounted = true): SetupState => {
  const fresh = emptySetup('key', 'cpu');
  return {
    ...fresh,
    question: { path: '/model.onnx' },
    model: { classNames: NAMES, open: null } as unknown as ModelSummary,
    scan: {
      images: FILES.map((path) => ({ path: `/photos/${path}`, folder: '', root: '/photos' })),
      skipped: [],
      otherFiles: 0,
    },
    options: { ...fresh.options, ...options },
    predictions: isCounted
      ? {
          images: [0, 1, 2, 3],
          predicted: ANSWERS.map((index) => ({ index, name: NAMES[index], probability: 1 })),
          skipped: [],
        }
      : null,
  };
};

/** How many images an estimate is told are explained. */
async function selectedFor(own: SetupState): Promise<number | undefined> {
  const asked: { readonly selected?: number }[] = [];
  const viewer = { run: (_: string, question: object) => Promise.resolve(asked.push(question)) };
  const { estimate } = lookingHandlers({ setup: { state: own }, viewer } as unknown as Services);
  await estimate();
  return asked[0].selected;
}

describe('an estimate', () => {
  it.each([
    ['those that the model puts into the class', { select: 'predicted', classIndex: 1 }, 3],
    ['those in folders named like the class', { select: 'folder', classIndex: 1 }, 1],
    ['those that it puts into others', { select: 'predicted', classIndex: 1, isNot: true }, 1],
    ['an unknown number without a class', { select: 'predicted', classIndex: null }, undefined],
    ['all of them', { select: 'all', classIndex: 1 }, undefined],
  ] as const)('is of %s', async (_, options, selected) => {
    expect(await selectedFor(state(options))).toBe(selected);
  });

  it('does not know what the model has not been asked', async () => {
    expect(await selectedFor(state({ select: 'predicted', classIndex: 1 }, false))).toBeUndefined();
  });
});
