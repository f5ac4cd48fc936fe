import { describe, expect, it } from 'vitest';
import type { Labels } from '../../../core/images/labels.ts';
import type { OutputFacts } from '../../../core/onnx/score/output-roles.ts';
import { chooseOutput, type LabelFinder } from '../../../core/pipeline/choose-output.ts';

const output = (name: string, width: number, changes: Partial<OutputFacts> = {}): OutputFacts => ({
  name,
  type: 'float32',
  shape: [1, width],
  declared: ['batch', width],
  role: 'scores',
  reason: `${width} numbers a picture`,
  activation: 'none',
  width,
  raw: name,
  ...changes,
});

/** Finds names by output; numbers where nothing is told. */
const told =
  (lists: Readonly<Record<string, readonly string[]>> = {}): LabelFinder =>
  (name, classes, isStrict) => {
    const names = lists[name];
    const found: Labels | undefined = names?.length === classes ? { names, source: 'card' } : undefined;
    const numbers = { names: Array.from({ length: classes }, (_, i) => `class ${i}`), source: 'numbers' };
    return Promise.resolve(found ?? (isStrict ? numbers : undefined));
  };

const choose = (outputs: readonly OutputFacts[], asked = {}, said = {}, lists = {}) =>
  chooseOutput(outputs, asked, said, told(lists));

describe('chooseOutput()', () => {
  it('takes the only output of scores, whatever stands beside it', async () => {
    const outputs = [
      output('map', 20, { role: 'map' }),
      output('z', 3),
      output('v', 16, { role: 'embedding' }),
    ];
    expect(await choose(outputs)).toMatchObject({
      kind: 'chosen',
      scores: { output: 'z', task: 'multiclass' },
    });
  });

  it('takes raw scores and their probabilities for the same', async () => {
    const outputs = [output('z', 3), output('p', 3, { raw: 'z', activation: 'softmax' })];
    expect(await choose(outputs)).toMatchObject({ kind: 'chosen', scores: { output: 'z' } });
  });

  it('tells several outputs apart by how many names there are, and asks where that does not help', async () => {
    const outputs = [output('quality', 1), output('z', 3)];
    expect(await choose(outputs, {}, {}, { z: ['a', 'b', 'c'] })).toMatchObject({ scores: { output: 'z' } });
    const heads = [output('shape', 3), output('colour', 4)];
    expect(await choose(heads)).toMatchObject({ kind: 'ask', names: ['shape', 'colour'] });
    expect(await choose(heads, { output: 'colour' })).toMatchObject({
      scores: { output: 'colour', width: 4 },
    });
  });

  it('asks what a single number means unless activation, names, unit or a person says so', async () => {
    const one = output('risk', 1);
    expect(await choose([one])).toMatchObject({ kind: 'ask', names: ['risk'] });
    const taskOf = async (...given: Parameters<typeof choose>) => {
      const choice = await choose(...given);
      return choice.kind === 'chosen' ? choice.scores : choice;
    };
    expect(await taskOf([output('risk', 1, { activation: 'sigmoid' })])).toMatchObject({
      task: 'binary',
      classes: ['not risk', 'risk'],
    });
    expect(await taskOf([one], {}, {}, { risk: ['no', 'yes'] })).toMatchObject({
      task: 'binary',
      classes: ['no', 'yes'],
    });
    expect(await taskOf([one], {}, {}, { risk: ['tumour'] })).toMatchObject({
      classes: ['not tumour', 'tumour'],
    });
    expect(await taskOf([one], {}, { unit: 'years' })).toMatchObject({
      task: 'regression',
      quantity: 'risk',
    });
    expect(await taskOf([one], { task: 'binary' })).toMatchObject({ task: 'binary' });
  });

  it('keeps the number that a regression gives, its activation included', async () => {
    const quality = output('quality', 1, { activation: 'sigmoid' });
    expect(await choose([quality], {}, { task: 'regression' })).toMatchObject({
      scores: { task: 'regression', activation: 'none' },
    });
  });

  it('reads several sigmoids as labels and two scores as yes or no', async () => {
    expect(await choose([output('p', 4, { activation: 'sigmoid' })])).toMatchObject({
      scores: { task: 'multilabel' },
    });
    expect(await choose([output('p', 2, { activation: 'softmax' })])).toMatchObject({
      scores: { task: 'binary' },
    });
  });

  it('says that one of several classes is assumed where neither names nor a softmax tell it', async () => {
    const plain = output('y', 4);
    expect(await choose([plain])).toMatchObject({ scores: { task: 'multiclass' }, isAssumed: true });
    expect(await choose([plain], { task: 'multiclass' })).toMatchObject({ isAssumed: false });
    expect(await choose([plain], {}, {}, { y: ['a', 'b', 'c', 'd'] })).toMatchObject({ isAssumed: false });
    expect(await choose([output('y', 4, { activation: 'softmax' })])).toMatchObject({ isAssumed: false });
  });

  it('names the one label of a model by the second of two names, or by the only one', async () => {
    const one = output('p', 1, { activation: 'sigmoid' });
    for (const names of [['other', 'golf ball'], ['golf ball']])
      expect(await choose([one], { task: 'multilabel' }, {}, { p: names })).toMatchObject({
        scores: { task: 'multilabel', classes: ['golf ball'] },
      });
  });

  it.each([
    [{ output: 'nothing' }, 'no output called "nothing"'],
    [{ task: 'regression' as const }, 'cannot be read as regression'],
    [{ threshold: 0.4 }, 'decides by the largest score'],
    [{ task: 'multilabel' as const, threshold: 2 }, 'between 0 and 1'],
    [{ task: 'embedding' as const, threshold: 2 }, 'between -1 and 1'],
  ])('refuses %j', async (asked, message) => {
    await expect(choose([output('z', 3)], asked)).rejects.toThrow(message);
  });

  it('names detectors, segmenters and bare decisions, and what would be needed', async () => {
    const kinds = [
      ['boxes', 'detector'],
      ['map', 'segmenter'],
      ['label ids', 'scores behind it'],
    ] as const;
    for (const [role, hint] of kinds) {
      const choice = await choose([output('y', 4, { role, shape: [1, 4, 8, 8] })]);
      expect(choice.kind).toBe('none');
      if (choice.kind === 'none') expect(choice.problem.hint).toContain(hint);
    }
  });
});
