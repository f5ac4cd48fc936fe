import { describe, expect, it } from 'vitest';
import type { Task } from '../../../core/score/model-scores.ts';
import { chooseScore } from '../../../core/concepts/class-question.ts';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import {
  changedOptions,
  emptySetup,
  explainOptionsOf,
  optionsOfRun,
  withDependent,
} from '../../../main/services/setup-state.ts';

function scoresOf(task: Task, width: number) {
  return { output: 'out', task, activation: 'none', width } as const;
}

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
    expect(optionsOfRun(given, null)).toEqual(state.options);
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
    ['1', null, 1, 'all'],
    ['house', null, null, 'all'],
  ] as const)('finds the class %s among %j', (name, names, classIndex, select) => {
    const model = names && { classNames: names, scores: scoresOf('multiclass', names.length) };
    expect(optionsOfRun({ ...run, class: name }, model)).toMatchObject({ classIndex, select });
  });

  it.each([
    ['pneumonia', 'binary', ['not pneumonia', 'pneumonia'], 1],
    ['not pneumonia', 'binary', ['not pneumonia', 'pneumonia'], 0],
    ['dog', 'multilabel', ['cat', 'dog', 'not cat', 'not dog'], 1],
    ['not dog', 'multilabel', ['cat', 'dog', 'not cat', 'not dog'], 3],
    ['age', 'regression', ['lower age', 'higher age'], 1],
    ['lower', 'regression', ['lower age', 'higher age'], 0],
    ['like', 'embedding', ['unlike', 'like'], 1],
  ] as const)(
    'finds %s among what a model of the task %s can be asked for',
    (name, task, names, classIndex) => {
      const scores = { ...scoresOf(task, names.length), quantity: 'age' };
      const found = optionsOfRun({ ...run, class: name }, { classNames: names, scores });
      expect(found).toMatchObject({ classIndex });
    },
  );

  it('finds what speaks against a class of several, and asks for it again', () => {
    const model = { classNames: ['barn', 'house'], scores: scoresOf('multiclass', 2) };
    expect(optionsOfRun({ ...run, class: 'not house' }, model)).toMatchObject({ classIndex: 1, isNot: true });
    expect(optionsOfRun({ ...run, class: 'house' }, model)).not.toHaveProperty('isNot');
    const chosen = changedOptions(options, { classIndex: 1, isNot: true });
    const asked = explainOptionsOf({
      ...emptySetup('key', 'cpu'),
      question: { path: '/model.onnx' },
      options: chosen,
    });
    expect(asked).toMatchObject({ class: 'not 1' });
    expect(asked).not.toHaveProperty('isNot');
    const scores = { ...model.scores, classes: model.classNames };
    expect(chooseScore(scores, asked).explained).toEqual({ kind: 'not', index: 1 });
  });

  it('keeps which output was explained, and as what', () => {
    const asked = { ...run, output: 'age', task: 'regression', threshold: 40, class: 'higher' } as const;
    const model = { classNames: ['lower age', 'higher age'], scores: scoresOf('regression', 1) };
    expect(optionsOfRun(asked, model)).toMatchObject({
      ...{ output: 'age', task: 'regression', threshold: 40, classIndex: 1 },
    });
  });
});

describe('withDependent()', () => {
  it('takes nothing that was chosen of one output for another', () => {
    expect(withDependent({ output: 'age' })).toEqual({
      ...{ output: 'age', task: null, threshold: null, classIndex: null, isNot: null },
      ...{ against: null, reference: null, layer: null },
    });
    expect(withDependent({ task: 'binary', threshold: 0.3 })).toMatchObject({
      threshold: 0.3,
      classIndex: null,
    });
    expect(withDependent({ concepts: 4 })).toEqual({ concepts: 4 });
    expect(withDependent({ bank: 'usual' })).toEqual({ bank: 'usual', active: null });
    expect(withDependent({ bank: 'sparse' })).toEqual({ bank: 'sparse' });
  });

  it('lets a bank of all classes have the number of concepts and the refining that are usual for it', () => {
    const shared = changedOptions(options, withDependent({ sharing: 'shared' }));
    expect(shared).toMatchObject({ sharing: 'shared', concepts: 'auto', refine: true });
    expect(changedOptions(shared, withDependent({ refine: false })).refine).toBe(false);
    const each = changedOptions(shared, withDependent({ sharing: 'each' }));
    expect(each).toMatchObject({ sharing: 'each', concepts: options.concepts, refine: false });
  });
});
