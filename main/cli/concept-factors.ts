import { TesseraError } from '../../core/errors.ts';
import { nearestNames } from '../../core/nearest-names.ts';
import { REST } from '../../core/wording/claim-words.ts';
import type { ConceptItem } from '../api/contract.ts';

type Named = Pick<ConceptItem, 'id' | 'name' | 'givenName' | 'group'>;

/** The concept that a person means: by id, name or rank (from 1). Throws TesseraError 'unknown-name', near names offered. */
export function conceptNamed<Of extends Named>(name: string, concepts: readonly Of[]): Of {
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
    hint: `Near to it: ${nearestNames(name, names).join(', ')}. Ids, names and ranks from 1 to ${names.length} will do, and "${REST}" for what no concept explains.`,
  });
}

/** {@link conceptNamed}, undefined where there is none. */
export function findConcept<Of extends Named>(name: string, concepts: readonly Of[]): Of | undefined {
  return (
    concepts.find(({ id, name: given, givenName }) => [id, given, givenName].includes(name)) ??
    (/^\d+$/.test(name) ? concepts[Number(name) - 1] : undefined)
  );
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
