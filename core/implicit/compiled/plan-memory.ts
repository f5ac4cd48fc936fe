import { PLAN_KERNEL } from './plan-kernel-bytes.ts';

/** What main/build/kernels/plan-kernel.ts exports; addresses and steps in bytes. */
export interface PlanKernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /**
   * A row of an elimination: the number at `row` becomes its quotient by that at `pivot`, and those after it, up to `end`,
   * lose so many times those after `pivot`.
   */
  eliminate(row: number, pivot: number, end: number): void;
  /** Carries out operations (see fused-kinds.ts): from `at` to `body` on one block, then to `end` block by block. */
  fused(at: number, body: number, end: number, bytes: number, block: number): void;
  /** c = A · b for A [n, k]: `stride` is 8 k, `end` the address after c. */
  timesVector(a: number, b: number, c: number, stride: number, end: number): void;
  /**
   * c = Aᵀ · b for A [k, n]: `stride` is 8 n, numbers of b are `step` apart, `fours` is the address after the last whole group
   * of four rows of A, `end` that after A.
   */
  transposedTimesVector(
    a: number,
    b: number,
    step: number,
    c: number,
    stride: number,
    fours: number,
    end: number,
  ): void;
}

const PAGE = 2 ** 16;
/** Numbers that are left free at the beginning: kernels look some places before an end. */
const MARGIN = 8;

/** Numbers that were set aside. */
export interface Piece {
  readonly at: number;
  readonly length: number;
}

/**
 * One memory for all plans, which WebAssembly's kernels reach; a plain array where there is no WebAssembly, or no room for
 * it. It grows and does not shrink; what plans give back is used again.
 */
export class PlanMemory {
  readonly kernel: PlanKernel | undefined;
  #plain = new Float64Array(0);
  #view = new Float64Array(0);
  #end = MARGIN;
  #free: Piece[] = [];

  constructor(kernel: PlanKernel | undefined) {
    this.kernel = kernel;
  }

  /** All of it. Taking more may make this view useless: ask again. */
  get numbers(): Float64Array {
    if (!this.kernel) return this.#plain;
    // Growing detaches the buffer, which then has no length.
    if (this.#view.length === 0) this.#view = new Float64Array(this.kernel.memory.buffer);
    return this.#view;
  }

  /** Sets a piece aside; its place is even, its content is anything. */
  take(wanted: number): Piece {
    const length = wanted + (wanted % 2);
    const fitting = this.#free
      .filter((piece) => piece.length >= length)
      .sort((a, b) => a.length - b.length)[0] as Piece | undefined;
    if (!fitting) return this.#append(length);
    const { at } = fitting;
    this.#free = this.#free.filter((piece) => piece !== fitting);
    if (fitting.length > length) this.#free.push({ at: at + length, length: fitting.length - length });
    return { at, length };
  }

  /** Takes a piece back, and joins it with its neighbours. */
  give(piece: Piece): void {
    if (piece.length === 0) return;
    let { at, length } = piece;
    this.#free = this.#free.filter((other) => {
      const before = other.at + other.length === at;
      const after = other.at === at + length;
      if (before) at = other.at;
      if (before || after) length += other.length;
      return !before && !after;
    });
    this.#free.push({ at, length });
  }

  #append(length: number): Piece {
    const at = this.#end;
    this.#end += length;
    const bytes = 8 * this.#end;
    if (this.kernel) {
      const missing = bytes - this.kernel.memory.buffer.byteLength;
      if (missing > 0) this.kernel.memory.grow(Math.ceil(missing / PAGE));
    } else if (bytes > this.#plain.byteLength) {
      const grown = new Float64Array(Math.max(this.#end, 2 * this.#plain.length));
      grown.set(this.#plain);
      this.#plain = grown;
    }
    return { at, length };
  }
}

/** What is used of the machine, where there is such a thing; the toolkit is written against no host's types. */
interface Machine {
  readonly atob?: (text: string) => string;
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
}

/** The kernel's instance; undefined where WebAssembly or its vectors are missing or forbidden. */
function openKernel(): PlanKernel | undefined {
  const { atob: decode, WebAssembly: machine } = globalThis as unknown as Machine;
  if (!decode || !machine) return undefined;
  try {
    const bytes = Uint8Array.from(decode(PLAN_KERNEL), (character) => character.charCodeAt(0));
    return new machine.Instance(new machine.Module(bytes)).exports as PlanKernel;
  } catch {
    return undefined;
  }
}

let shared: PlanMemory | undefined;

/** The memory of the plans of this process, opened at the first call. */
export const planMemory = (): PlanMemory => (shared ??= new PlanMemory(openKernel()));
