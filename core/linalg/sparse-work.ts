import { TesseraError } from '../errors.ts';
import type { KernelWorkers } from '../kernel-threads.ts';
import type { RowDescent, RowDescentRequest } from '../platform.ts';
import { wordsOf } from '../record-words.ts';
import { matrix, type Matrix } from './matrix.ts';
import {
  aligned,
  ALIGNMENT,
  BETA_AT,
  BLOCK,
  CHUNK,
  PANELS_AT,
  STARTS_AT,
  TASK,
  TASK_AT,
  WORK,
} from './sparse-layout.ts';
import { transpose } from './transpose.ts';

/** A sparse matrix as it lies in the memory of the threads. */
export interface Stored {
  readonly rows: number;
  readonly cols: number;
  readonly panels: readonly number[];
  /** Where the memory behind A begins. */
  readonly bytes: number;
}

/** Work on one matrix: writes operands behind it, lets the threads work, reads results. Addresses in bytes. */
export class SparseWork {
  readonly #workers: KernelWorkers;
  readonly #threads: number;
  readonly #a: Stored;
  /** Coefficients that stay in memory, four matrices of each width; operands lie behind them. */
  readonly #kept = new Map<number, readonly number[]>();
  readonly #addresses = new WeakMap<Float32Array, number>();
  #free: number;

  constructor(workers: KernelWorkers, threads: number, a: Stored) {
    this.#workers = workers;
    this.#threads = threads;
    this.#a = a;
    this.#free = a.bytes;
  }

  async timesTransposed({ rows: r, data, cols }: Matrix): Promise<Matrix> {
    const { rows } = this.#a;
    const [b, y, scratch] = this.#room([4 * cols * r, 4 * rows * r, this.#scratchBytes(r)]);
    this.#numbers().set(transpose({ rows: r, cols, data }).data, b / 4);
    await this.#run('timesTransposed', Math.ceil(rows / CHUNK), scratch, { r, b, y });
    return matrix(rows, r, this.#numbers().slice(y / 4, y / 4 + rows * r));
  }

  async transposedTimes({ cols: r, data }: Matrix): Promise<Matrix> {
    const { rows, cols, panels } = this.#a;
    const width = Math.ceil(r / BLOCK) * BLOCK;
    const [operand, y] = this.#room([4 * rows * r, 4 * cols * width]);
    const b = this.#addresses.get(data) ?? operand;
    if (b === operand) this.#numbers().set(data, operand / 4);
    const words = { r, b, y, pitch: 4 * width, panels: PANELS_AT };
    await this.#run('transposedTimes', panels.length - 1, 0, words);
    const padded = this.#numbers().subarray(y / 4, y / 4 + cols * width);
    return matrix(r, cols, transpose(matrix(cols, width, padded)).data.subarray(0, r * cols));
  }

  async descendRows(request: RowDescentRequest): Promise<RowDescent | undefined> {
    const { rows, cols } = this.#a;
    const { rows: r } = request.bank;
    const chunks = Math.ceil(rows / CHUNK);
    const pitch = 16 * Math.ceil(r / 4);
    const sizes = [4 * cols * r, r * pitch, pitch, 8 * chunks, chunks * r * pitch, this.#scratchBytes(r)];
    const kept = this.#keep(r);
    if (kept === undefined || !this.#hasRoom(sizes)) return undefined;
    const [b, gram, inverse, sums, grams, scratch] = this.#room(sizes);
    const [from, before] = this.#place([request.from, request.before], kept);
    const [y, second] = kept.filter((address) => address !== from && address !== before);
    const numbers = this.#numbers();
    numbers.set(transpose(request.bank).data, b / 4);
    numbers.set(request.gram, gram / 4);
    for (let k = 0; k < r; k++) {
      const diagonal = request.gram[k * r + k];
      numbers[inverse / 4 + k] = diagonal > 0 ? 1 / diagonal : 0;
    }
    new Float64Array(this.#workers.memory, BETA_AT, 1)[0] = request.beta;
    const ahead = request.beta === 0 ? 0 : second;
    const { sweeps } = request;
    const words = { r, b, y, from, before, ahead, beta: BETA_AT, gram, inverse, sweeps, sums, grams, pitch };
    await this.#run('descendRows', chunks, scratch, words);
    const u = this.#view(y, r);
    return {
      u,
      ahead: ahead === 0 ? u : this.#view(ahead, r),
      projected: new Float64Array(this.#workers.memory, sums, chunks).reduce((sum, own) => sum + own, 0),
      gram: sumOfGrams(new Float32Array(this.#workers.memory, grams, (chunks * r * pitch) / 4), r),
    };
  }

  /** Addresses of two matrices, copied into kept memory where they do not lie there. */
  #place([from, before]: readonly [Matrix, Matrix], kept: readonly number[]): readonly [number, number] {
    const known = [from, before].map(({ data }) => this.#addresses.get(data));
    const [first, second] = kept.filter((address) => !known.includes(address));
    const put = ({ data }: Matrix, address: number): number => {
      this.#numbers().set(data, address / 4);
      return address;
    };
    const start = known[0] ?? put(from, first);
    if (before === from) return [start, start];
    return [start, known[1] ?? put(before, start === first ? second : first)];
  }

  #view(address: number, r: number): Matrix {
    const data = this.#numbers().subarray(address / 4, address / 4 + this.#a.rows * r);
    this.#addresses.set(data, address);
    return matrix(this.#a.rows, r, data);
  }

  /** Four matrices [n, r], with zeros up to a whole group of sixteen rows; undefined where there is no room. */
  #keep(r: number): readonly number[] | undefined {
    const known = this.#kept.get(r);
    if (known !== undefined) return known;
    const size = 4 * Math.ceil(this.#a.rows / 16) * 16 * r;
    const sizes = [size, size, size, size];
    if (!this.#hasRoom(sizes)) return undefined;
    const addresses = this.#room(sizes);
    this.#free = addresses[3] + aligned(size + ALIGNMENT);
    this.#numbers().fill(0, addresses[0] / 4, this.#free / 4);
    this.#kept.set(r, addresses);
    return addresses;
  }

  #hasRoom(sizes: readonly number[]): boolean {
    // The kernel reads and writes whole blocks beyond the end.
    const needed = sizes.reduce((sum, size) => sum + aligned(size + ALIGNMENT), this.#free);
    return this.#workers.reserve(needed);
  }

  /** Where operands of so many bytes lie, until the next ones are asked for. */
  #room(sizes: readonly number[]): number[] {
    if (!this.#hasRoom(sizes))
      throw new TesseraError(
        'out-of-memory',
        'a sparse product needs more memory than WebAssembly can address',
        {
          hint: 'Use fewer images, or fewer concepts.',
        },
      );
    let at = this.#free;
    return sizes.map((size) => {
      const start = at;
      at += aligned(size + ALIGNMENT);
      return start;
    });
  }

  /** What every thread needs: correlations of a chunk, and the lanes of a sweep. */
  #scratchBytes(r: number): number {
    return this.#threads * scratchOf(r);
  }

  #numbers(): Float32Array {
    return new Float32Array(this.#workers.memory);
  }

  async #run(
    kind: (typeof WORK)[number],
    shares: number,
    scratch: number,
    words: Partial<Record<keyof typeof TASK, number>>,
  ): Promise<void> {
    const integers = new Int32Array(this.#workers.memory);
    const { rows, panels } = this.#a;
    const unused = Object.fromEntries(Object.keys(TASK).map((name) => [name, 0]));
    const common = {
      kind: WORK.indexOf(kind),
      shares,
      rows,
      starts: STARTS_AT,
      rowBytes: 4 * (panels.length - 1),
    };
    const task = wordsOf(TASK, { ...(unused as Record<keyof typeof TASK, number>), ...common, ...words });
    integers.set(task, TASK_AT / 4);
    integers[0] = 0;
    const used = Math.min(this.#threads, shares);
    const own = scratchOf(words.r ?? 0);
    await this.#workers.run(
      Array.from({ length: used }, (_, thread) => ({ start: TASK_AT, end: scratch + thread * own })),
    );
  }
}

/** Bytes of one thread's scratch. */
function scratchOf(r: number): number {
  return aligned(4 * CHUNK * r + 2 * ALIGNMENT + 128 * r);
}

/** Sum of Gram matrices [r, pitch] of which the lower triangle counts, in float64 -> [r, r]. */
function sumOfGrams(grams: Float32Array, r: number): Float64Array {
  const pitch = 4 * Math.ceil(r / 4);
  const result = new Float64Array(r * r);
  for (let start = 0; start < grams.length; start += r * pitch)
    for (let i = 0; i < r; i++)
      for (let j = 0; j <= i; j++) result[i * r + j] += grams[start + i * pitch + j];
  for (let i = 0; i < r; i++) for (let j = 0; j < i; j++) result[j * r + i] = result[i * r + j];
  return result;
}
