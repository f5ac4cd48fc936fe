import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError, describeValue } from './errors.ts';

/** Every option of a type by name, so that none is forgotten where a call is checked. */
export type NamesOf<O> = Readonly<Record<keyof O, true>>;

/** Insertions, deletions and replacements that make one word of another. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length];
}

/** The known name that is most like the one given, if it is like it at all. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked.at(0);
  return best && best.distance <= Math.max(2, name.length / 3) ? best.candidate : undefined;
}

/**
 * ImplicitError 'unknown-name' for a field that is none of the known ones, naming the nearest; 'bad-usage' for something that
 * is no plain object. Fields that are undefined count as left out.
 */
export function checkNames<O extends object>(where: string, options: O | undefined, names: NamesOf<O>): void {
  if (options === undefined) return;
  if (
    typeof options !== 'object' ||
    options === null ||
    Array.isArray(options) ||
    options instanceof tf.Tensor
  ) {
    const got = (options as unknown) instanceof tf.Tensor ? 'a tensor' : describeValue(options);
    throw new ImplicitError('bad-usage', `${where}: expected an object with named fields, got ${got}`, {
      hint: `The fields are ${Object.keys(names).join(', ')}.`,
    });
  }
  const known = Object.keys(names);
  const wrong = Object.keys(options).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const meant = nearest(wrong, known);
  throw new ImplicitError(
    'unknown-name',
    `${where}: there is no "${wrong}"${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    { hint: `Known are ${known.join(', ')}.` },
  );
}

/** Checks a named argument: it must be there, be an object, and have no field that is unknown. */
export function checkFields<O extends object>(where: string, given: O | undefined, names: NamesOf<O>): void {
  if (given === undefined || given === null) {
    throw new ImplicitError(
      'bad-usage',
      `${where}: expected an object with the fields ${Object.keys(names).join(', ')}, got ${String(given)}`,
    );
  }
  checkNames(where, given, names);
}

/** ImplicitError 'bad-usage' unless a count is a whole number of at least `least`. */
export function checkCount(where: string, name: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new ImplicitError(
    'bad-usage',
    `${where}: ${name} must be a whole number from ${least} on, got ${describeValue(value)}`,
  );
}

/** ImplicitError 'bad-usage' unless a number is finite and above 0. */
export function checkPositive(where: string, name: string, value: number): void {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return;
  throw new ImplicitError(
    'bad-usage',
    `${where}: ${name} must be a number above 0, got ${describeValue(value)}`,
  );
}
