import { sizeOf } from '../../tensor.ts';
import type { ElementType, Tensor } from '../../tensor.ts';
import { newElements } from '../element-types.ts';
import { broadcastStrides, walk } from './strided.ts';

type Numeric = number | bigint;
interface Binary {
  readonly onNumbers: (a: number, b: number) => number;
  readonly onIntegers?: (a: bigint, b: bigint) => bigint;
  /** On integers of up to 32 bits, where it is not `onNumbers`. */
  readonly onSmall?: (a: number, b: number) => number;
  /** Whether integers cannot be divided by zero with it. */
  readonly divides?: boolean;
}

const binary: Readonly<Record<string, Binary>> = {
  Add: { onNumbers: (a, b) => a + b, onIntegers: (a, b) => a + b },
  Sub: { onNumbers: (a, b) => a - b, onIntegers: (a, b) => a - b },
  Mul: { onNumbers: (a, b) => a * b, onIntegers: (a, b) => a * b, onSmall: Math.imul },
  Div: {
    onNumbers: (a, b) => a / b,
    onIntegers: (a, b) => a / b,
    onSmall: (a, b) => Math.trunc(a / b),
    divides: true,
  },
  // The remainder takes the divisor's sign, or with fmod the dividend's.
  Mod: {
    onNumbers: (a, b) => ((a % b) + b) % b,
    onIntegers: (a, b) => ((a % b) + b) % b,
    divides: true,
  },
  FMod: { onNumbers: (a, b) => a % b, onIntegers: (a, b) => a % b, divides: true },
  Min: { onNumbers: Math.min, onIntegers: (a, b) => (a < b ? a : b) },
  Max: { onNumbers: Math.max, onIntegers: (a, b) => (a > b ? a : b) },
  And: { onNumbers: (a, b) => Number(a && b) },
  Or: { onNumbers: (a, b) => Number(a || b) },
};

const comparisons: Readonly<Record<string, (a: Numeric, b: Numeric) => boolean>> = {
  // eslint-disable-next-line eqeqeq -- both operands have the same type
  Equal: (a, b) => a == b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
};

/** Powers that every runtime rounds alike; side lengths are computed as square roots. */
const exactPowers: Readonly<Record<string, (base: number) => number>> = {
  '0.5': Math.sqrt,
  '1': (base) => base,
  '2': (base) => base * base,
};

const unaryOnIntegers: Readonly<Record<string, (a: bigint) => bigint>> = {
  Neg: (a) => -a,
  Abs: (a) => (a < 0n ? -a : a),
};

const unary: Readonly<Record<string, (a: number) => number>> = {
  Neg: (a) => -a,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Reciprocal: (a) => 1 / a,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Sign: Math.sign,
  Not: (a) => Number(!a),
};

const isBig = (type: ElementType) => type === 'int64' || type === 'uint64';
const isHalf = (type: ElementType) => type === 'float16' || type === 'bfloat16' || type === 'string';

/** Numbers and bigints of a tensor, without its precise type. */
const valuesOf = (tensor: Tensor) => tensor.data as unknown as ArrayLike<Numeric>;

function combine(
  a: Tensor,
  b: Tensor,
  type: ElementType,
  dims: readonly number[],
  operate: (a: Numeric, b: Numeric) => Numeric,
): Tensor {
  const data = newElements(type as 'float32', sizeOf(dims)) as unknown as Numeric[];
  const right = new Float64Array(sizeOf(dims));
  walk(dims, broadcastStrides(b.dims, dims), 0, (source, position) => (right[position] = source));
  const [left, other] = [valuesOf(a), valuesOf(b)];
  walk(dims, broadcastStrides(a.dims, dims), 0, (source, position) => {
    data[position] = operate(left[source], other[right[position]]);
  });
  return { type, dims, data: data as unknown as Tensor['data'] };
}

function arithmetic(opType: string, a: Tensor, b: Tensor, dims: readonly number[]): Tensor | undefined {
  const { onNumbers, onIntegers, onSmall = onNumbers, divides = false } = binary[opType];
  const isReal = a.type === 'float32' || a.type === 'float64' || a.type === 'bool';
  if (!isReal && divides && Array.from(valuesOf(b)).some((value) => !value)) return undefined;
  const operate = isBig(a.type) ? onIntegers : isReal ? onNumbers : onSmall;
  return operate && combine(a, b, a.type, dims, operate as (a: Numeric, b: Numeric) => Numeric);
}

/**
 * Result of a two-operand element-wise operator on constants (FMod: Mod with fmod = 1); undefined where it is not
 * computed here.
 */
export function evaluateBinary(
  opType: string,
  operands: readonly Tensor[],
  dims: readonly number[],
): Tensor | undefined {
  if (operands.length !== 2 || operands.some(({ type }) => isHalf(type))) return undefined;
  const [a, b] = operands;
  if (opType in comparisons) {
    const compare = comparisons[opType];
    return combine(a, b, 'bool', dims, (x, y) => Number(compare(x, y)));
  }
  return opType in binary ? arithmetic(opType, a, b, dims) : undefined;
}

/** Result of a one-operand element-wise operator on a constant; undefined where it is not computed here. */
export function evaluateUnary(opType: string, operand: Tensor): Tensor | undefined {
  const operate = (isBig(operand.type) ? unaryOnIntegers : unary)[opType] as
    ((a: Numeric) => Numeric) | undefined;
  if (!operate || isHalf(operand.type)) return undefined;
  const data = newElements(operand.type as 'float32', sizeOf(operand.dims)) as unknown as Numeric[];
  const values = valuesOf(operand);
  for (let i = 0; i < data.length; i++) data[i] = operate(values[i]);
  return { ...operand, data: data as unknown as Tensor['data'] };
}

/** Pow on constants, for floats and one of the powers 0.5, 1 and 2. */
export function evaluatePower(base: Tensor, exponent: Tensor): Tensor | undefined {
  const raise = exactPowers[String(exponent.data[0])];
  const isFloat = base.type === 'float32' || base.type === 'float64';
  if (!raise || !isFloat || exponent.data.length !== 1 || exponent.dims.length > base.dims.length)
    return undefined;
  const data = newElements(base.type as 'float32', sizeOf(base.dims));
  data.set((base.data as Float32Array).map(raise));
  return { ...base, data };
}

/** A constant in another element type: floats are cut toward zero, booleans become 0 or 1. */
export function evaluateCast(tensor: Tensor, type: ElementType): Tensor | undefined {
  if (tensor.type === type) return tensor;
  if (isHalf(tensor.type) || isHalf(type)) return undefined;
  const data = newElements(type as 'float32', sizeOf(tensor.dims)) as unknown as Numeric[];
  const values = valuesOf(tensor);
  for (let i = 0; i < data.length; i++) {
    const value = values[i];
    if (type === 'bool') data[i] = Number(Boolean(value));
    else if (!isBig(type)) data[i] = Number(value);
    else if (typeof value === 'bigint') data[i] = value;
    else if (Number.isFinite(value)) data[i] = BigInt(Math.trunc(value));
    else return undefined;
  }
  return { type, dims: tensor.dims, data: data as unknown as Tensor['data'] };
}

/** Where on constants. */
export function evaluateWhere(operands: readonly Tensor[], dims: readonly number[]): Tensor {
  const [condition, whenTrue, whenFalse] = operands;
  const spread = (tensor: Tensor) => {
    const sources = new Float64Array(sizeOf(dims));
    walk(dims, broadcastStrides(tensor.dims, dims), 0, (source, position) => (sources[position] = source));
    return (position: number) => valuesOf(tensor)[sources[position]];
  };
  const [chosen, yes, no] = [spread(condition), spread(whenTrue), spread(whenFalse)];
  const data = newElements(whenTrue.type as 'float32', sizeOf(dims)) as unknown as Numeric[];
  for (let i = 0; i < data.length; i++) data[i] = chosen(i) ? yes(i) : no(i);
  return { type: whenTrue.type, dims, data: data as unknown as Tensor['data'] };
}
