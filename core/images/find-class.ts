import { TesseraError } from '../errors.ts';
import { nearestNames } from '../nearest-names.ts';

/**
 * The index of the class a person means: its exact name, its index, or its name without regard to case, spaces,
 * hyphens and underscores ("golf_ball"), in full or one of its synonyms ("tench" of "tench, Tinca tinca").
 * Throws 'unknown-name', offering the candidates when several classes fit and the nearest names when none does.
 */
export function findClass(names: readonly string[], query: string): number {
  const matches = [exactly, byIndex, byName, bySynonym]
    .map((rule) => rule(names, query))
    .find((found) => found.length > 0);
  if (matches?.length === 1) return matches[0];
  throw matches === undefined ? unknown(names, query) : ambiguous(names, query, matches);
}

/**
 * {@link findClass} for a folder's name: undefined where no single class fits. Of a yes or no that is called "not
 * pneumonia" and "pneumonia", folders such as "normal", "healthy" and "no_pneumonia" are of the no.
 */
export function classOfFolder(names: readonly string[], folder: string): number | undefined {
  const rules = [byName, bySynonym, byAbsence];
  const matches = rules.map((rule) => rule(names, folder)).find((found) => found.length > 0);
  return matches?.length === 1 ? matches[0] : undefined;
}

/** What folders of pictures are called in which something is not. */
const ABSENT = /^(normals?|healthy|controls?|negatives?|background|others?|rest|none|clean|no findings?)$/;

function byAbsence(names: readonly string[], folder: string): number[] {
  const [first, second] = names.map(simplified);
  if (names.length !== 2 || first !== `not ${second}`) return [];
  const wanted = simplified(folder);
  return ABSENT.test(wanted) || wanted === `no ${second}` || wanted === `non ${second}` ? [0] : [];
}

function indices(names: readonly string[], fits: (name: string) => boolean): number[] {
  return names.flatMap((name, index) => (fits(name) ? [index] : []));
}

function exactly(names: readonly string[], query: string): number[] {
  return indices(names, (name) => name === query);
}

function byIndex(names: readonly string[], query: string): number[] {
  const index = /^\d+$/.test(query.trim()) ? Number(query) : NaN;
  return index < names.length ? [index] : [];
}

function byName(names: readonly string[], query: string): number[] {
  const wanted = simplified(query);
  return indices(names, (name) => simplified(name) === wanted);
}

function bySynonym(names: readonly string[], query: string): number[] {
  const wanted = simplified(query);
  return indices(names, (name) => name.split(',').some((synonym) => simplified(synonym) === wanted));
}

function simplified(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

function unknown(names: readonly string[], query: string): TesseraError {
  const near = nearestNames(query, names);
  const range = `an index from 0 to ${names.length - 1}`;
  const hint =
    near.length === 0 ? `Give a class name or ${range}.` : `Did you mean ${quoted(near)}? Or give ${range}.`;
  return new TesseraError('unknown-name', `the model has no class "${query}"`, { hint });
}

function ambiguous(names: readonly string[], query: string, matches: readonly number[]): TesseraError {
  const candidates = matches.map((index) => `${index} (${names[index]})`).join(', ');
  return new TesseraError('unknown-name', `"${query}" fits ${matches.length} classes: ${candidates}`, {
    hint: 'Give the index of the one you mean.',
  });
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
