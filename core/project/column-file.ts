import { invariant, TesseraError } from '../errors.ts';
import { lazyList } from '../lazy-list.ts';
import type { ByteSource, Storage } from '../platform.ts';
import type { ElementArrays } from '../tensor.ts';
import {
  bytesOf,
  decodeHeader,
  encodeHeader,
  STORAGE,
  type Entry,
  type StorableArray,
  type StorableType,
} from './safetensors-header.ts';

/*
 * Safetensors files of columns: a tensor [n, …] holds one value, or row of values, an image. They are written and read piece
 * by piece, so that no file is in memory as a whole, however many images it is of.
 */

/** A tensor whose values come in pieces; together they fill its shape. */
export interface Column<T extends StorableType = StorableType> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly pieces: () => Iterable<ElementArrays[T]>;
}

/** A column of values that are at hand. */
export function columnOf<T extends StorableType>(
  type: T,
  data: ElementArrays[T],
  dims: readonly number[] = [data.length],
): Column<T> {
  return { type, dims, pieces: () => [data] };
}

/**
 * Writes columns, all or nothing. Widest types come first, so that every value lies at a multiple of its size. Rejects with
 * TesseraError 'storage' where they cannot be written; throws BugError where the pieces do not fill a shape.
 */
export async function writeColumns(
  storage: Pick<Storage, 'writeAtomic'>,
  path: string,
  columns: ReadonlyMap<string, Column>,
): Promise<void> {
  const ordered = [...columns]
    .map(([name, column]) => ({ name, ...column }))
    .sort((a, b) => STORAGE[b.type].array.BYTES_PER_ELEMENT - STORAGE[a.type].array.BYTES_PER_ELEMENT);
  await storage.writeAtomic(path, bytesOfAll(ordered));
}

/** Pieces are put together until they are worth a write. */
const WRITE_BYTES = 2 ** 20;

function* bytesOfAll(columns: readonly (Column & { readonly name: string })[]): Generator<Uint8Array> {
  yield encodeHeader(columns, {});
  let room = new Uint8Array(WRITE_BYTES);
  let filled = 0;
  for (const { name, type, dims, pieces } of columns) {
    let left = bytesOf(type, dims);
    for (const piece of pieces()) {
      const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
      left -= bytes.length;
      for (let from = 0; from < bytes.length;) {
        const some = bytes.subarray(from, from + WRITE_BYTES - filled);
        room.set(some, filled);
        filled += some.length;
        from += some.length;
        if (filled < WRITE_BYTES) continue;
        yield room;
        room = new Uint8Array(WRITE_BYTES);
        filled = 0;
      }
    }
    invariant(left === 0, `column ${name} lacks ${left} bytes`);
  }
  yield room.subarray(0, filled);
}

/** A file of columns that is open to be read. */
export interface ColumnFile {
  has(name: string): boolean;
  /** Shape of a column; throws TesseraError 'bad-tensor' where it is not there, or not of that type. */
  dimsOf(name: string, type: StorableType): readonly number[];
  /** A column as a whole. */
  values<T extends StorableType>(name: string, type: T): ElementArrays[T];
  /** Values from one place to another. */
  range<T extends StorableType>(name: string, type: T, from: number, to: number): ElementArrays[T];
  /** The rows of a column, each read when it is asked for, with those beside it. */
  rows<T extends StorableType>(name: string, type: T): readonly ElementArrays[T][];
}

/** Opens a file that {@link writeColumns} wrote; only its header is read. Throws 'bad-tensor' where it is another one. */
export async function openColumns(storage: Pick<Storage, 'openBytes'>, path: string): Promise<ColumnFile> {
  const source = await storage.openBytes(path);
  const { entries, dataStart } = decodeHeader(source.size, (offset, length) => source.read(offset, length));
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const entryOf = (name: string, type: StorableType): Entry => {
    const entry = byName.get(name);
    if (entry?.type === type) return entry;
    const found = entry === undefined ? 'is absent' : `is ${entry.type}`;
    throw new TesseraError('bad-tensor', `"${name}" ${found}, expected ${type}.`);
  };
  return {
    has: (name) => byName.has(name),
    dimsOf: (name, type) => entryOf(name, type).dims,
    values: (name, type) => {
      const { begin, end } = entryOf(name, type);
      return arrayOf(type, source.read(dataStart + begin, end - begin));
    },
    range: (name, type, from, to) => {
      const { begin } = entryOf(name, type);
      const size = STORAGE[type].array.BYTES_PER_ELEMENT;
      return arrayOf(type, source.read(dataStart + begin + from * size, (to - from) * size));
    },
    rows: (name, type) => {
      const { dims, begin } = entryOf(name, type);
      return spooledRows(source, { type, offset: dataStart + begin, dims });
    },
  };
}

/** Bytes that are read at once, and how many such blocks are kept: whoever goes through all reads each once. */
const BLOCK_BYTES = 2 ** 18;
const KEPT_BLOCKS = 8;

/**
 * The rows of values [n, …] that lie in some bytes from an offset on, each read when it is asked for: with those beside it
 * where rows are asked for in turn, alone where somebody picks one here and there.
 */
export function spooledRows<T extends StorableType>(
  source: ByteSource,
  { type, offset, dims }: { readonly type: T; readonly offset: number; readonly dims: readonly number[] },
): readonly ElementArrays[T][] {
  const [count, ...rest] = dims;
  const rowBytes = bytesOf(type, rest);
  const width = rowBytes / STORAGE[type].array.BYTES_PER_ELEMENT;
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, rowBytes)));
  const blocks = new Map<number, ElementArrays[T]>();
  const blockAt = (block: number): ElementArrays[T] => {
    const known = blocks.get(block);
    if (known !== undefined) return known;
    const rows = Math.min(perBlock, count - block * perBlock);
    const read = arrayOf(type, source.read(offset + block * perBlock * rowBytes, rows * rowBytes));
    if (blocks.size >= KEPT_BLOCKS) blocks.delete(blocks.keys().next().value!);
    blocks.set(block, read);
    return read;
  };
  let before = -1;
  return lazyList(count, (row) => {
    const at = row % perBlock;
    const number = Math.floor(row / perBlock);
    const isInTurn = row === before || row === before + 1;
    before = row;
    if (!isInTurn && !blocks.has(number)) {
      return arrayOf(type, source.read(offset + row * rowBytes, rowBytes));
    }
    const block = blockAt(number) as StorableArray;
    return block.subarray(at * width, (at + 1) * width) as ElementArrays[T];
  });
}

function arrayOf<T extends StorableType>(type: T, bytes: Uint8Array<ArrayBuffer>): ElementArrays[T] {
  return new STORAGE[type].array(bytes.buffer) as ElementArrays[T];
}
