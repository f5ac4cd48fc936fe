/**
 * Values of a kernel, as folded expressions of WebAssembly's text format. An expression is computed anew wherever it is
 * used; `local` (functions.ts) keeps its value.
 */
export abstract class Value {
  readonly wat: string;

  constructor(wat: string) {
    this.wat = wat;
  }
}

/** The class of a value, which stands for its type. */
export interface ValueType<V extends Value = Value> {
  new (wat: string): V;
  readonly wasm: string;
}

/** A whole number, computed or known beforehand. */
export type Int = I32 | number;

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

/** `(operator a b …)`. */
const expression = (operator: string, ...operands: readonly Value[]): string =>
  `(${[operator, ...operands.map(({ wat }) => wat)].join(' ')})`;

/** A load or store at an address with a constant offset in bytes. */
export const access = (operator: string, offset: number, ...operands: readonly Value[]): string =>
  expression(`${operator} offset=${offset}`, ...operands);

/** A whole number of 32 bits or an address in bytes. Unsigned, except where a name says otherwise. */
export class I32 extends Value {
  static readonly wasm = 'i32';

  /** The number itself; a constant becomes an expression. */
  static of(value: Int): I32 {
    return typeof value === 'number' ? new I32(`(i32.const ${value})`) : value;
  }

  #by(operator: string, other: Int): I32 {
    return new I32(expression(`i32.${operator}`, this, I32.of(other)));
  }
  plus(other: Int): I32 {
    return other === 0 ? this : this.#by('add', other);
  }
  minus(other: Int): I32 {
    return this.#by('sub', other);
  }
  /** Shifted where the factor is a constant power of two. */
  times(other: Int): I32 {
    return typeof other === 'number' && isPowerOfTwo(other)
      ? this.shl(Math.log2(other))
      : this.#by('mul', other);
  }
  dividedBy(other: Int): I32 {
    return this.#by('div_u', other);
  }
  modulo(other: Int): I32 {
    return this.#by('rem_u', other);
  }
  and(other: Int): I32 {
    return this.#by('and', other);
  }
  or(other: Int): I32 {
    return this.#by('or', other);
  }
  shl(bits: Int): I32 {
    return this.#by('shl', bits);
  }
  shr(bits: Int): I32 {
    return this.#by('shr_u', bits);
  }
  equals(other: Int): I32 {
    return other === 0 ? new I32(expression('i32.eqz', this)) : this.#by('eq', other);
  }
  differs(other: Int): I32 {
    return this.#by('ne', other);
  }
  less(other: Int): I32 {
    return this.#by('lt_u', other);
  }
  lessOrEqual(other: Int): I32 {
    return this.#by('le_u', other);
  }
  greater(other: Int): I32 {
    return this.#by('gt_u', other);
  }
  greaterOrEqual(other: Int): I32 {
    return this.#by('ge_u', other);
  }
  lessSigned(other: Int): I32 {
    return this.#by('lt_s', other);
  }
  greaterOrEqualSigned(other: Int): I32 {
    return this.#by('ge_s', other);
  }

  /** The 32 bits at this address. */
  load(offset = 0): I32 {
    return new I32(access('i32.load', offset, this));
  }
  /** The 8 bits at this address. */
  load8(): I32 {
    return new I32(access('i32.load8_u', 0, this));
  }
  /** The 16 bits at this address. */
  load16(): I32 {
    return new I32(access('i32.load16_u', 0, this));
  }
  /** The four lanes at this address. */
  loadVector(offset = 0): V128 {
    return new V128(access('v128.load', offset, this));
  }
  /** The 32 bits at this address, in every lane. */
  loadSplat(offset = 0): V128 {
    return new V128(access('v128.load32_splat', offset, this));
  }
  /** The 32 bits at this address in the first lane, zero in the others. */
  loadFirstLane(): V128 {
    return new V128(access('v128.load32_zero', 0, this));
  }
  /** The 64 bits at this address, in both halves. */
  loadDoubleSplat(): V128 {
    return new V128(access('v128.load64_splat', 0, this));
  }
  /** The number at this address, which becomes one more for all threads: none gets the same. */
  takeNext(): I32 {
    return new I32(access('i32.atomic.rmw.add', 0, this, I32.of(1)));
  }
  /** This number in every lane. */
  splat(): V128 {
    return new V128(expression('i32x4.splat', this));
  }
}

/** A floating-point number of 32 bits. */
export class F32 extends Value {
  static readonly wasm = 'f32';

  plus(other: F32): F32 {
    return new F32(expression('f32.add', this, other));
  }
  toF64(): F64 {
    return new F64(expression('f64.promote_f32', this));
  }
}

/** A floating-point number of 64 bits. */
export class F64 extends Value {
  static readonly wasm = 'f64';
  static readonly zero = new F64('(f64.const 0)');

  plus(other: F64): F64 {
    return new F64(expression('f64.add', this, other));
  }
}

type Four = readonly [number, number, number, number];
/** Four lanes of 32 bits: floating-point numbers, except where a name says `Ints`. Comparisons set all bits of a lane. */
export class V128 extends Value {
  static readonly wasm = 'v128';
  static readonly zero = V128.of(0, 0, 0, 0);

  static of(...lanes: Four): V128 {
    return new V128(`(v128.const f32x4 ${lanes.join(' ').replaceAll('Infinity', 'inf')})`);
  }
  static ofInts(...lanes: Four): V128 {
    return new V128(`(v128.const i32x4 ${lanes.join(' ')})`);
  }

  #by(operator: string, other: V128): V128 {
    return new V128(expression(operator, this, other));
  }
  plus(other: V128): V128 {
    return this.#by('f32x4.add', other);
  }
  minus(other: V128): V128 {
    return this.#by('f32x4.sub', other);
  }
  times(other: V128): V128 {
    return this.#by('f32x4.mul', other);
  }
  negated(): V128 {
    return new V128(expression('f32x4.neg', this));
  }
  /** `this < other ? other : this`, which keeps a NaN in `this`. */
  pseudoMax(other: V128): V128 {
    return this.#by('f32x4.pmax', other);
  }
  greater(other: V128): V128 {
    return this.#by('f32x4.gt', other);
  }
  less(other: V128): V128 {
    return this.#by('f32x4.lt', other);
  }
  and(other: V128): V128 {
    return this.#by('v128.and', other);
  }
  or(other: V128): V128 {
    return this.#by('v128.or', other);
  }
  plusInts(other: V128): V128 {
    return this.#by('i32x4.add', other);
  }
  timesInts(other: V128): V128 {
    return this.#by('i32x4.mul', other);
  }
  minInts(other: V128): V128 {
    return this.#by('i32x4.min_s', other);
  }
  maxInts(other: V128): V128 {
    return this.#by('i32x4.max_s', other);
  }

  /** The first two lanes, as two numbers of 64 bits. */
  doubles(): V128 {
    return new V128(expression('f64x2.promote_low_f32x4', this));
  }
  /** Two numbers of 64 bits, rounded, in the first two lanes. */
  singles(): V128 {
    return new V128(expression('f32x4.demote_f64x2_zero', this));
  }
  plusDoubles(other: V128): V128 {
    return this.#by('f64x2.add', other);
  }
  minusDoubles(other: V128): V128 {
    return this.#by('f64x2.sub', other);
  }
  timesDoubles(other: V128): V128 {
    return this.#by('f64x2.mul', other);
  }

  lane(index: number): F32 {
    return new F32(expression(`f32x4.extract_lane ${index}`, this));
  }
  intLane(index: number): I32 {
    return new I32(expression(`i32x4.extract_lane ${index}`, this));
  }
  /** A copy with one lane read from an address. */
  withLane(index: number, at: I32): V128 {
    return new V128(expression(`v128.load32_lane ${index}`, at, this));
  }
  /** The highest bit of every lane. */
  bitmask(): I32 {
    return new I32(expression('i32x4.bitmask', this));
  }
  /** Four lanes of this vector (0 to 3) and another (4 to 7). */
  shuffle(other: V128, ...lanes: Four): V128 {
    const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
    return new V128(expression(`i8x16.shuffle ${bytes.join(' ')}`, this, other));
  }
}

/** One of two values, both of which are computed. */
export function select<V extends Value>(condition: I32, ifTrue: V, ifFalse: V): V {
  const type = ifTrue.constructor as ValueType<V>;
  return new type(expression('select', ifTrue, ifFalse, condition));
}

/** Lanes of one of two vectors, by a mask. */
export function selectLanes(mask: V128, ifSet: V128, ifClear: V128): V128 {
  return new V128(expression('v128.bitselect', ifSet, ifClear, mask));
}
