import { BugError } from '../errors.ts';
import type { Storage } from '../platform.ts';

/** Plain data that JSON carries without loss. A field that is `undefined` is left out. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * JSON with keys in code-unit order and no spaces: equal data give equal text, whatever order it was built in.
 * Throws BugError for NaN and infinities, which JSON would silently turn into null.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new BugError(`canonicalJson: ${value} has no JSON form`);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value)
    .filter((field): field is [string, Json] => field[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${fields.join(',')}}`;
}

/**
 * Names a result by everything that determines it: the first 128 bits of SHA-256 over the canonical JSON of
 * `inputs`, in hexadecimal. Large inputs (a model, a picture) enter by their own hash or size and time.
 */
export function fingerprintOf(storage: Pick<Storage, 'sha256'>, inputs: Json): string {
  return storage.sha256(new TextEncoder().encode(canonicalJson(inputs))).slice(0, 32);
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
