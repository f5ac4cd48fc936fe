import { TesseraError } from '../../core/errors.ts';
import { nearestNames } from '../../core/nearest-names.ts';
import { countOf, listText } from '../../core/wording/count-text.ts';
import type { ConceptItem } from '../api/contract.ts';

type Named = Pick<ConceptItem, 'id' | 'name' | 'givenName' | 'group'>;

/**
 * The concept that a person means: by id, name or rank (from 1); `others` is what else may be named. Throws TesseraError
 * 'unknown-name', near names offered, and 'must-choose' for a name that several have.
 */
export function conceptNamed<Of extends Named>(name: string, concepts: readonly Of[], others = ''): Of {
  const found = findConcept(name, concepts);
  if (found !== undefined) return found;
  const merged = concepts.find(({ group }) =>
    group.some((member) => member.id === name || member.name === name),
  );
  if (merged !== undefined) {
    throw new TesseraError('unknown-name', `"${name}" is merged into "${merged.name}".`, {
      hint: `Scale ${merged.id}, which stands for all of them, or unmerge it in the window.`,
    });
  }
  const names = concepts.map(({ name: given }) => given);
  throw new TesseraError('unknown-name', `The run has no concept "${name}".`, {
    hint: `Near to it: ${nearestNames(name, names).join(', ')}. Ids, names and ranks from 1 to ${names.length} will do${others}.`,
  });
}

/** {@link conceptNamed}, undefined where there is none; large and small letters matter where names differ by them alone. Throws TesseraError 'must-choose' for a name that several have. */
export function findConcept<Of extends Named>(name: string, concepts: readonly Of[]): Of | undefined {
  const byId = concepts.find(({ id }) => id === name);
  if (byId !== undefined) return byId;
  const isCalled = (wanted: string, of: (given: string) => string) => (one: Named) =>
    of(one.name) === wanted || of(one.givenName) === wanted;
  const exactly = concepts.filter(isCalled(name, (given) => given));
  const called =
    exactly.length > 0
      ? exactly
      : concepts.filter(isCalled(name.toLowerCase(), (given) => given.toLowerCase()));
  if (called.length > 1) throw severalCalled(name, called);
  return called.at(0) ?? (/^\d+$/.test(name) ? concepts[Number(name) - 1] : undefined);
}

/** A person may give a concept the name of another, or one that the run gave. */
function severalCalled(name: string, called: readonly Named[]): TesseraError {
  const each = called.map(({ id, name: given, givenName }) =>
    given === givenName ? id : `${id} (named "${given}", "${givenName}" by the run)`,
  );
  return new TesseraError(
    'must-choose',
    `${countOf(called.length, 'concept')} are called "${name}": ${listText(each)}.`,
    { hint: 'Name the one that is meant by its id, or give it a name of its own in the window.' },
  );
}

/** Notes what a concept is scaled by. Throws TesseraError 'bad-usage' where something else was said of it before. */
export function noteFactor<Of extends Pick<Named, 'name'>>(
  asked: Map<Of, number>,
  concept: Of,
  factor: number,
): void {
  const before = asked.get(concept);
  if (before !== undefined && before !== factor) {
    throw new TesseraError(
      'bad-usage',
      `Two things are said of "${concept.name}": ${factorText(before)} and ${factorText(factor)}.`,
      { hint: 'Say one of them.' },
    );
  }
  asked.set(concept, factor);
}

function factorText(factor: number): string {
  return factor === 0 ? 'that it is removed' : `that it is scaled by ${factor}`;
}

/** "CONCEPT=FACTOR" in two. Throws TesseraError 'bad-usage' for another form. */
export function conceptAndFactor(text: string): readonly [name: string, factor: number] {
  const at = text.lastIndexOf('=');
  const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  const factor = Number(value);
  if (at >= 1 && value !== '' && factor >= 0 && factor <= 2) return [name, factor];
  throw new TesseraError(
    'bad-usage',
    `--scale takes CONCEPT=FACTOR with a factor from 0 to 2, got "${text}".`,
    { hint: '0 takes the concept away, 1 leaves it as it is, 2 doubles it.' },
  );
}
