import { write } from './functions.ts';
import { Value, access, type I32 } from './values.ts';

/** Two lanes of 64-bit floating-point numbers. Comparisons set all bits of a lane. */
export class Doubles extends Value {
  static readonly wasm = 'v128';
  static readonly zero = Doubles.of(0);

  /** The same number in both lanes. */
  static of(value: number): Doubles {
    return new Doubles(`(v128.const f64x2 ${value} ${value})`);
  }
  /** The numbers at an address and after it. */
  static load(at: I32, offset = 0): Doubles {
    return new Doubles(access('v128.load', offset, at));
  }
  /** The number at an address in both lanes. */
  static splat(at: I32): Doubles {
    return new Doubles(access('v128.load64_splat', 0, at));
  }
  /** The number at an address, and zero. */
  static first(at: I32): Doubles {
    return new Doubles(access('v128.load64_zero', 0, at));
  }

  #by(operator: string, ...others: readonly Doubles[]): Doubles {
    return new Doubles(`(${[operator, this.wat, ...others.map(({ wat }) => wat)].join(' ')})`);
  }
  plus(other: Doubles): Doubles {
    return this.#by('f64x2.add', other);
  }
  minus(other: Doubles): Doubles {
    return this.#by('f64x2.sub', other);
  }
  times(other: Doubles): Doubles {
    return this.#by('f64x2.mul', other);
  }
  dividedBy(other: Doubles): Doubles {
    return this.#by('f64x2.div', other);
  }
  /** NaN where one of both is. */
  max(other: Doubles): Doubles {
    return this.#by('f64x2.max', other);
  }
  /** NaN where one of both is. */
  min(other: Doubles): Doubles {
    return this.#by('f64x2.min', other);
  }
  negated(): Doubles {
    return this.#by('f64x2.neg');
  }
  absolute(): Doubles {
    return this.#by('f64x2.abs');
  }
  squareRoot(): Doubles {
    return this.#by('f64x2.sqrt');
  }
  compared(how: 'eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge', other: Doubles): Doubles {
    return this.#by(`f64x2.${how}`, other);
  }
  and(mask: Doubles): Doubles {
    return this.#by('v128.and', mask);
  }
  /** Lanes of this where the mask is set, of another where it is not. */
  where(mask: Doubles, other: Doubles): Doubles {
    return this.#by('v128.bitselect', other, mask);
  }
  /** The second lane in the place of the first. */
  swapped(): Doubles {
    return new Doubles(`(i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 ${this.wat} ${this.wat})`);
  }
}

/** Writes both lanes to an address. */
export function storeDoubles(at: I32, value: Doubles): void {
  write(access('v128.store', 0, at, value));
}

/** Writes the first lane to an address. */
export function storeFirst(at: I32, value: Doubles): void {
  write(`(v128.store64_lane 0 ${at.wat} ${value.wat})`);
}
