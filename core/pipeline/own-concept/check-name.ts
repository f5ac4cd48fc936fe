import type { Explanation } from '../../concepts/explanation.ts';
import type { OwnConcept } from '../../concepts/own/own-concept.ts';
import { TesseraError } from '../../errors.ts';

/** Longest name of a concept. */
const MOST_LETTERS = 80;

/**
 * The name of a new own concept without blanks around it. Throws TesseraError 'bad-usage' where it is empty, too long, or that
 * of a concept of the run, found or given; `names` are those that a person gave.
 */
export function freeName(
  name: string,
  { concepts }: Pick<Explanation, 'concepts'>,
  own: readonly Pick<OwnConcept, 'id' | 'name'>[],
  names: Readonly<Record<string, string>>,
): string {
  const wanted = name.trim();
  if (wanted === '' || wanted.length > MOST_LETTERS) {
    throw new TesseraError(
      'bad-usage',
      `A concept has a name of 1 to ${MOST_LETTERS} letters; got ${wanted === '' ? 'none' : wanted.length}.`,
    );
  }
  const taken = [...concepts, ...own].map((one) => names[one.id] ?? one.name);
  if (taken.some((one) => one.toLowerCase() === wanted.toLowerCase())) {
    throw new TesseraError('bad-usage', `The run has a concept "${wanted}" already.`, {
      hint: 'Give another name, or take the one that has it away first.',
    });
  }
  return wanted;
}
