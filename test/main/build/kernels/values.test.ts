import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { func, procedure } from '../../../../main/build/kernels/wat/functions.ts';
import { store } from '../../../../main/build/kernels/wat/statements.ts';
import { F32, F64, I32, select, selectLanes, V128 } from '../../../../main/build/kernels/wat/values.ts';
import { open } from './run-kernel.ts';

/** What each operator of two numbers gives, for numbers a and b of 32 bits without sign. */
const OPERATORS: Readonly<Record<string, [(a: I32, b: I32) => I32, (a: number, b: number) => number]>> = {
  plus: [(a, b) => a.plus(b), (a, b) => a + b],
  minus: [(a, b) => a.minus(b), (a, b) => a - b],
  times: [(a, b) => a.times(b), Math.imul],
  timesEight: [(a) => a.times(8), (a) => Math.imul(a, 8)],
  timesSix: [(a) => a.times(6), (a) => Math.imul(a, 6)],
  plusNothing: [(a) => a.plus(0), (a) => a],
  dividedBy: [(a, b) => a.dividedBy(b.or(1)), (a, b) => Math.floor(a / ((b | 1) >>> 0))],
  modulo: [(a, b) => a.modulo(b.or(1)), (a, b) => a % ((b | 1) >>> 0)],
  and: [(a, b) => a.and(b), (a, b) => a & b],
  or: [(a, b) => a.or(b), (a, b) => a | b],
  shl: [(a, b) => a.shl(b.and(31)), (a, b) => a << (b & 31)],
  shr: [(a, b) => a.shr(b.and(31)), (a, b) => a >>> (b & 31)],
  equals: [(a, b) => a.equals(b), (a, b) => Number(a === b)],
  equalsNothing: [(a) => a.equals(0), (a) => Number(a === 0)],
  differs: [(a, b) => a.differs(b), (a, b) => Number(a !== b)],
  less: [(a, b) => a.less(b), (a, b) => Number(a < b)],
  lessOrEqual: [(a, b) => a.lessOrEqual(b), (a, b) => Number(a <= b)],
  greater: [(a, b) => a.greater(b), (a, b) => Number(a > b)],
  greaterOrEqual: [(a, b) => a.greaterOrEqual(b), (a, b) => Number(a >= b)],
  lessSigned: [(a, b) => a.lessSigned(b), (a, b) => Number((a | 0) < (b | 0))],
  greaterOrEqualSigned: [(a, b) => a.greaterOrEqualSigned(b), (a, b) => Number((a | 0) >= (b | 0))],
  select: [(a, b) => select(a.less(b), a, b), Math.min],
};

describe('I32', () => {
  it.each(Object.keys(OPERATORS))('%s gives what plain code gives', async (name) => {
    const [operator, plain] = OPERATORS[name];
    const exports = await open({ operator: func(name, [I32, I32], I32, operator) });
    const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(exports.operator(a, b)).toBe(plain(a, b) | 0);
      }),
    );
  });

  it('reads 32, 16 and 8 bits without sign', async () => {
    const loads = {
      word: func('word', [I32], I32, (at) => at.load(4)),
      half: func('half', [I32], I32, (at) => at.load16()),
      byte: func('byte', [I32], I32, (at) => at.load8()),
    };
    const exports = await open(loads);
    new Uint8Array(exports.memory.buffer).set([0xfe, 0xff, 0, 0, 7, 0, 0, 0x80]);
    expect([exports.word(0), exports.half(0), exports.byte(0)]).toEqual([-(2 ** 31) + 7, 0xfffe, 0xfe]);
  });
});

/** The four lanes that an expression of two vectors in memory gives. */
async function lanesOf(
  a: readonly number[],
  b: readonly number[],
  expression: (a: V128, b: V128) => V128,
  Lanes: typeof Float32Array | typeof Int32Array = Float32Array,
): Promise<number[]> {
  const body = procedure('body', [I32], (at) =>
    store(at, expression(at.loadVector(), at.loadVector(16)), 32),
  );
  const { body: run, memory } = await open({ body });
  const lanes = new Lanes(memory.buffer);
  lanes.set([...a, ...b]);
  run(0);
  return [...lanes.slice(8, 12)];
}

describe('V128', () => {
  const [A, B] = [
    [1, -2, 3, 0.5],
    [2, -4, 1, 0.5],
  ];

  it.each<[string, (a: V128, b: V128) => V128, number[]]>([
    ['plus', (a, b) => a.plus(b), [3, -6, 4, 1]],
    ['minus', (a, b) => a.minus(b), [-1, 2, 2, 0]],
    ['times', (a, b) => a.times(b), [2, 8, 3, 0.25]],
    ['negated', (a) => a.negated(), [-1, 2, -3, -0.5]],
    ['pseudoMax', (a, b) => a.pseudoMax(b), [2, -2, 3, 0.5]],
    ['greater, as a mask', (a, b) => selectLanes(a.greater(b), a, V128.zero), [0, -2, 3, 0]],
    ['less, as a mask', (a, b) => a.less(b).and(b), [2, 0, 0, 0]],
    ['or', (a, b) => a.less(b).or(a.greater(b)).and(a), [1, -2, 3, 0]],
    ['a constant', () => V128.of(1, -Infinity, Infinity, 0.1), [1, -Infinity, Infinity, Math.fround(0.1)]],
    ['shuffle', (a, b) => a.shuffle(b, 0, 4, 3, 6), [1, 2, 0.5, 1]],
  ])('%s', async (_, expression, want) => {
    expect(await lanesOf(A, B, expression)).toEqual(want);
  });

  it('keeps a NaN in pseudoMax()', async () => {
    const got = await lanesOf([NaN, 1, NaN, -1], [0, 0, 0, 0], (a, b) => a.pseudoMax(b));
    expect(got).toEqual([NaN, 1, NaN, 0]);
  });

  it.each<[string, (a: V128, b: V128) => V128, number[]]>([
    ['plusInts', (a, b) => a.plusInts(b), [6, -3, 10, 0]],
    ['timesInts', (a, b) => a.timesInts(b), [5, -10, 21, -16]],
    ['minInts', (a, b) => a.minInts(b), [1, -5, 3, -4]],
    ['maxInts', (a, b) => a.maxInts(b), [5, 2, 7, 4]],
    ['splat', () => I32.of(9).splat(), [9, 9, 9, 9]],
    ['a constant', () => V128.ofInts(1, -2, 3, 4), [1, -2, 3, 4]],
  ])('%s', async (_, expression, want) => {
    expect(await lanesOf([1, 2, 3, 4], [5, -5, 7, -4], expression, Int32Array)).toEqual(want);
  });

  it('gives its lanes and their highest bits as numbers', async () => {
    const exports = await open({
      sum: func('sum', [I32], F64, (at) =>
        at.loadVector().lane(0).plus(at.loadVector().lane(3)).toF64().plus(F64.zero),
      ),
      third: func('third', [I32], F32, (at) => at.loadVector().lane(2)),
      bits: func('bits', [I32], I32, (at) => at.loadVector().bitmask()),
      splatted: func('splatted', [I32], F32, (at) => at.loadSplat(4).lane(3)),
      first: func('first', [I32], I32, (at) => at.loadFirstLane().intLane(1)),
    });
    new Float32Array(exports.memory.buffer).set([1, -2, 4, -8]);
    const { sum, third, bits, splatted, first } = exports;
    expect([sum(0), third(0), bits(0), splatted(0), first(0)]).toEqual([-7, 4, 0b1010, -2, 0]);
  });
});

describe('numbers of 64 bits', () => {
  it('come from the first two lanes and go back to them, rounded once', async () => {
    const along = procedure('along', [I32, I32, I32], (at, factor, to) => {
      const [x, y] = [at.loadVector().doubles(), at.loadVector(16).doubles()];
      store(to, x.plusDoubles(factor.loadDoubleSplat().timesDoubles(x.minusDoubles(y))).singles());
    });
    const { along: run, memory } = await open({ along });
    const numbers = new Float32Array(memory.buffer);
    numbers.set([1.1, -2.3, 5, 6, 0.7, 9.9, 7, 8]);
    new Float64Array(memory.buffer, 32, 1)[0] = 0.1;
    run(0, 32, 48);
    const want = [0, 1].map((k) => Math.fround(numbers[k] + 0.1 * (numbers[k] - numbers[4 + k])));
    expect([...numbers.slice(12, 16)]).toEqual([...want, 0, 0]);
  });
});
