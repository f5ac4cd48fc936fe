import { describe, expect, it } from 'vitest';
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
});
