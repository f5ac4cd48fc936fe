import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import {
  changedOptions,
  emptySetup,
  explainOptionsOf,
  optionsOfRun,
} from '../../../main/services/setup-state.ts';

const { options } = emptySetup('key', 'cpu');

describe('options of a setup', () => {
  it('take changes, and null as a choice taken back', () => {
    const chosen = changedOptions(options, { layer: 'relu', patch: 32, recurse: 'auto', classIndex: 3 });
    expect(chosen).toMatchObject({ layer: 'relu', patch: 32, recurse: 'auto', classIndex: 3 });
    expect(changedOptions(chosen, { layer: null, patch: null, recurse: null, classIndex: null })).toEqual(
      options,
    );
  });

  it('reach the pipeline, and come back from a stored run', () => {
    const state = {
      ...emptySetup('key', 'cpu'),
      question: { path: '/model.onnx' },
      options: changedOptions(options, { recurse: 2, classIndex: 1, samples: 64 }),
    };
    const given = explainOptionsOf(state);
    expect(given).toMatchObject({ recurse: 2, class: '1', samples: 64, model: '/model.onnx' });
    expect(optionsOfRun(given, undefined)).toEqual(state.options);
  });

  it('follow the way of the paper where nothing was said, and come back from it', () => {
    const chosen = changedOptions(options, { samples: 64 });
    const paper = changedOptions(chosen, { craft: true });
    expect(paper).toMatchObject({ craft: true, design: 'halton', samples: 64, replicates: 1 });
    expect(changedOptions(paper, { samples: null })).toMatchObject({ samples: 32 });
    expect(changedOptions(paper, { craft: null })).toEqual(chosen);
    expect(changedOptions(options, { craft: true, replicates: 2 })).toMatchObject({
      samples: 32,
      replicates: 2,
    });
  });

  it('take the usual value back where there is one', () => {
    const chosen = changedOptions(options, { maps: ['rise'], evaluate: 'full', parts: 7, seed: 9 });
    expect(chosen).toMatchObject({ maps: ['rise'], evaluate: 'full', parts: 7, seed: 9 });
    expect(changedOptions(chosen, { maps: null, evaluate: null, parts: null, seed: null })).toEqual(options);
  });
});

describe('optionsOfRun()', () => {
  const run = resolveOptions({ model: 'm', images: ['i'], class: 'house', select: 'all' });

  it.each([
    ['house', ['barn', 'house'], 1, 'all'],
    ['predicted:house', ['barn', 'house'], 1, 'predicted'],
    ['1', ['barn', 'house'], 1, 'all'],
    ['tower', ['barn', 'house'], null, 'all'],
    // The model could not be opened.
    ['1', undefined, 1, 'all'],
    ['house', undefined, null, 'all'],
  ] as const)('finds the class %s among %j', (name, names, classIndex, select) => {
    expect(optionsOfRun({ ...run, class: name }, names)).toMatchObject({ classIndex, select });
  });
});
