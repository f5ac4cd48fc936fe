import { TesseraError } from '../../core/errors.ts';

/** A word, or a part of one: in quotes, after a backslash, or plain. */
const PART = /"((?:[^"\\]|\\["\\])*)"|'([^']*)'|\\(.)|([^\s"'\\]+)|(\s+)/gsy;

/**
 * The words of a command as a shell has them: 'node "/opt/my tools/tessera.js"' are two. Variables and patterns stay as they are.
 *
 * Throws TesseraError 'bad-usage' for a quote that does not end, and where there is no word.
 */
export function programWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let end = 0;
  for (const [whole, double, single, escaped, plain, blank] of text.matchAll(PART)) {
    end += whole.length;
    if (blank === undefined)
      word = (word ?? '') + (double?.replaceAll(/\\(["\\])/g, '$1') ?? single ?? escaped ?? plain);
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  if (end === text.length && words.length > 0) return words;
  throw new TesseraError(
    'bad-usage',
    `The program is not a command: ${text === '' ? 'it is empty' : text}.`,
    {
      hint: 'As "node /opt/tessera/tessera.js"; what has blanks stands in quotes, which end.',
    },
  );
}
