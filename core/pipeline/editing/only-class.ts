import type { OneClass } from '../../editing/one-class.ts';
import { invariant, TesseraError } from '../../errors.ts';
import { findClass } from '../../images/find-class.ts';
import type { ModelIntake } from '../model-intake.ts';
import { classNames } from './prove-edit.ts';

/** The class whose score alone an edit changes. */
export interface OnlyClass extends OneClass {
  readonly name: string;
}

/**
 * Finds a class by its name or number, and its raw score in the model's file. Throws 'unknown-name' as {@link findClass},
 * 'bad-usage' where the model decides among no classes.
 */
export function onlyClassOf(intake: ModelIntake, query: string): OnlyClass {
  const { scores, outputs } = intake;
  const names = classNames(intake);
  if (names.length === 0)
    throw new TesseraError(
      'bad-usage',
      'The model decides among no classes, so that none can be edited by itself.',
      { hint: 'Leave the class away.' },
    );
  const column = findClass(names, query);
  const facts = outputs.find(({ name }) => name === scores.output);
  invariant(facts !== undefined, `the model has no output ${scores.output}`);
  const isPeeled = scores.activation !== 'kept' && scores.activation !== 'none';
  return {
    scores: isPeeled ? facts.raw : scores.output,
    width: scores.width,
    column,
    name: names[column],
  };
}
