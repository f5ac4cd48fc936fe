import { TesseraError } from '../errors.ts';

/**
 * Reads class names from text: one a line, or JSON — an array of names, or an object from index to name (or from name
 * to index, or from index to [synset, name]) — or a Python dictionary, as some exporters store it. Line numbers and
 * WordNet ids before a name are dropped. Throws 'bad-labels' naming the source.
 */
export function parseLabels(text: string, source: string): string[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') throw badLabels(source, 'it is empty');
  const json = tryJson(trimmed);
  if (Array.isArray(json)) return json.map((entry) => nameOf(entry, source));
  if (typeof json === 'object' && json !== null) return fromEntries(Object.entries(json), source);
  const dictionary = pythonDictionary(trimmed);
  if (dictionary !== undefined) return fromEntries(dictionary, source);
  if (/^[[{]/.test(trimmed)) throw badLabels(source, 'it looks like JSON but is not valid JSON');
  return fromLines(trimmed);
}

function badLabels(source: string, reason: string): TesseraError {
  return new TesseraError('bad-labels', `the labels in ${source} cannot be read: ${reason}`, {
    hint: 'Give a text file with one name a line, or a JSON array of names.',
  });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nameOf(entry: unknown, source: string): string {
  // ["n01440764", "tench"], as in Keras' class index.
  const name: unknown = Array.isArray(entry) ? entry.at(-1) : entry;
  if (typeof name === 'string' || typeof name === 'number') return String(name).trim();
  throw badLabels(source, `a name was expected, got ${JSON.stringify(entry)}`);
}

function fromEntries(entries: readonly (readonly [string, unknown])[], source: string): string[] {
  const byIndex = entries.every(([key]) => /^\d+$/.test(key));
  const pairs = entries.map(([key, value]): [number, string] =>
    byIndex ? [Number(key), nameOf(value, source)] : [Number(value), key.trim()],
  );
  const names: string[] = [];
  for (const [index, name] of pairs) {
    if (!Number.isInteger(index) || index < 0 || index >= pairs.length || names[index] !== undefined) {
      throw badLabels(
        source,
        `each index from 0 to ${pairs.length - 1} must have one name (see ${JSON.stringify(name)})`,
      );
    }
    names[index] = name;
  }
  return names;
}

/** `{0: 'tench', 1: "great white shark"}`, or undefined. */
function pythonDictionary(text: string): [string, string][] | undefined {
  const entry = /(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g;
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const entries = [...text.matchAll(entry)].map(([, index, single, double]): [string, string] => [
    index,
    (single ?? double).replace(/\\(.)/g, '$1'),
  ]);
  return entries.length === 0 ? undefined : entries;
}

function fromLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  if (lines.every((line) => /^n\d{8}\s+\S/.test(line)))
    return lines.map((line) => line.replace(/^n\d{8}\s+/, ''));
  const isNumbered =
    lines.length > 1 && lines.every((line, index) => new RegExp(`^${index}\\s*[:,\\t]\\s*\\S`).test(line));
  return isNumbered ? lines.map((line) => line.replace(/^\d+\s*[:,\t]\s*/, '')) : lines;
}
