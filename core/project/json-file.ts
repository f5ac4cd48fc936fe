import type { z } from 'zod';
import { BugError, TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { SCHEMA_VERSION } from './schema.ts';

/**
 * Reads and checks one JSON file of a project; `migrate` makes content of any version that of today.
 *
 * Throws   TesseraError 'bad-project' when the text is not JSON, was written by a newer version, or does not
 *          have the shape (naming the first wrong field); 'storage' when it cannot be read.
 */
export async function readJsonFile<Shape extends z.ZodObject>(
  storage: Storage,
  path: string,
  shape: Shape,
  migrate: (content: unknown, version: number) => unknown = (content) => content,
): Promise<z.infer<Shape>> {
  const content = parseJson(path, await storage.readBytes(path));
  const version = versionOf(content);
  refuseNewer(path, version);
  const parsed = shape.loose().safeParse(migrate(content, version));
  if (!parsed.success)
    throw new TesseraError('bad-project', `project: ${path} is damaged: ${firstIssue(parsed.error)}.`, {
      hint: damagedHint(path),
      cause: parsed.error,
    });
  return parsed.data as z.infer<Shape>;
}

/**
 * Writes one JSON file of a project, all or nothing. What is checked is the text, so that whatever is written can
 * be read again; throws BugError when it has not the shape (a NaN, for one, becomes null in JSON).
 */
export async function writeJsonFile(
  storage: Storage,
  path: string,
  shape: z.ZodObject,
  value: object,
): Promise<void> {
  const text = JSON.stringify(inOrder(shape, value), undefined, 2);
  const parsed = shape.loose().safeParse(JSON.parse(text));
  if (!parsed.success) throw new BugError(`writeJsonFile: ${path}: ${firstIssue(parsed.error)}`);
  await storage.writeAtomic(path, `${text}\n`);
}

/** With the fields in the order of the shape, those that it does not know last: the same file whoever wrote it. */
function inOrder(shape: z.ZodObject, value: object): object {
  const place = new Map(Object.keys(shape.shape).map((name, index) => [name, index]));
  const placeOf = ([name]: [string, unknown]): number => place.get(name) ?? place.size;
  return Object.fromEntries(Object.entries(value).sort((a, b) => placeOf(a) - placeOf(b)));
}

function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const what = bytes.length === 0 ? 'is empty' : 'is not JSON';
    throw new TesseraError('bad-project', `project: ${path} ${what}.`, { hint: damagedHint(path), cause });
  }
}

/** That of today where the file names none, which its shape then refuses. */
function versionOf(content: unknown): number {
  const version = (content as { schemaVersion?: unknown } | null)?.schemaVersion;
  return typeof version === 'number' ? version : SCHEMA_VERSION;
}

function refuseNewer(path: string, version: number): void {
  if (version > SCHEMA_VERSION)
    throw new TesseraError(
      'bad-project',
      `project: ${path} was written by a newer Tessera (schema version ${version}; this one reads up to ${SCHEMA_VERSION}).`,
      { hint: 'Open it with the version that wrote it, or update Tessera.' },
    );
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  const message = issue.message.replace(
    /^Invalid input: expected (.+), received undefined$/,
    'missing, $1 expected',
  );
  return `${issue.path.length > 0 ? issue.path.join('.') : 'the whole file'}: ${message}`;
}

function damagedHint(path: string): string {
  return `Restore ${path} from a backup, or start a new project with the same model and images; Tessera changes neither.`;
}
