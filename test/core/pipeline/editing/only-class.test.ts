import { describe, expect, it } from 'vitest';
import { onlyClassOf } from '../../../../core/pipeline/editing/only-class.ts';
import { requireDecisions } from '../../../../core/pipeline/editing/prove-edit.ts';
import type { ModelIntake } from '../../../../core/pipeline/model-intake.ts';

function intakeOf(classes: readonly string[]): ModelIntake {
  return {
    scores: { output: 'y', task: 'multiclass', activation: 'softmax', classes, width: classes.length },
    labels: { source: 'card', names: classes },
    outputs: [{ name: 'y', raw: 'logits' }],
  } as unknown as ModelIntake;
}

describe('an edit of one class alone', () => {
  it('is of the raw score behind the answer, by the name or the number of the class', () => {
    const fox = { scores: 'logits', width: 2, column: 1, name: 'fox' };
    expect(onlyClassOf(intakeOf(['cat', 'fox']), 'fox')).toEqual(fox);
    expect(onlyClassOf(intakeOf(['cat', 'fox']), '1')).toEqual(fox);
  });

  it('is refused of a model that tells a number, and so is what needs right and wrong', () => {
    expect(() => onlyClassOf(intakeOf([]), 'higher')).toThrow('decides among no classes');
    expect(() => requireDecisions(intakeOf([]))).toThrow('no answer is right or wrong');
    expect(() => requireDecisions(intakeOf(['cat', 'fox']))).not.toThrow();
  });
});
