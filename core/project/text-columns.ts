import { TesseraError } from '../errors.ts';
import { lazyList } from '../lazy-list.ts';
import { columnOf, type Column, type ColumnFile } from './column-file.ts';

/** Texts are written in blocks of so many, each one a JSON array: file names may hold what UTF-8 does not. */
const PER_BLOCK = 256;
const KEPT_BLOCKS = 16;

/** Texts as two columns: the blocks one after another, and where each ends. Every text is asked for twice. */
export function textColumns(name: string, texts: readonly string[]): [name: string, column: Column][] {
  const blocks = Math.ceil(texts.length / PER_BLOCK);
  const encode = (block: number): Uint8Array =>
    new TextEncoder().encode(JSON.stringify(texts.slice(block * PER_BLOCK, (block + 1) * PER_BLOCK)));
  const ends = new Float64Array(blocks);
  let end = 0;
  for (let block = 0; block < blocks; block++) ends[block] = end += encode(block).length;
  const pieces = function* (): Generator<Uint8Array> {
    for (let block = 0; block < blocks; block++) yield encode(block);
  };
  return [
    [`${name}.texts`, { type: 'uint8', dims: [end], pieces }],
    [`${name}.ends`, columnOf('float64', ends)],
  ];
}

/** The inverse of {@link textColumns}, for so many texts; each is read when it is asked for, with those of its block. */
export function readTexts(file: ColumnFile, name: string, count: number): readonly string[] {
  const ends = file.values(`${name}.ends`, 'float64');
  const blocks = new Map<number, readonly string[]>();
  const blockAt = (block: number): readonly string[] => {
    const known = blocks.get(block);
    if (known !== undefined) return known;
    const bytes = file.range(`${name}.texts`, 'uint8', block === 0 ? 0 : ends[block - 1], ends[block]);
    const texts = parseTexts(name, bytes);
    if (blocks.size >= KEPT_BLOCKS) blocks.delete(blocks.keys().next().value!);
    blocks.set(block, texts);
    return texts;
  };
  return lazyList(count, (at) => blockAt(Math.floor(at / PER_BLOCK))[at % PER_BLOCK]);
}

/** Texts as JSON; throws TesseraError 'bad-tensor' for what is none. */
export function parseTexts(name: string, bytes: Uint8Array): readonly string[] {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as string[];
  } catch (cause) {
    throw new TesseraError('bad-tensor', `"${name}" is damaged: it holds no texts.`, { cause });
  }
}
