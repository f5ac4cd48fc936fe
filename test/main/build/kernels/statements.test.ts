import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { func, local, procedure } from '../../../../main/build/kernels/wat/functions.ts';
import {
  advance,
  copy,
  doWhile,
  fill,
  increase,
  range,
  returnNow,
  store,
  store16,
  store8,
  storeLane,
  when,
} from '../../../../main/build/kernels/wat/statements.ts';
import { I32, V128 } from '../../../../main/build/kernels/wat/values.ts';
import { assemble } from '../../../../main/build/kernels/wat/module.ts';
import { open } from './run-kernel.ts';

describe('loops', () => {
  it('doWhile() runs until its condition is zero, once at least', async () => {
    // Σ k² for k = n, n - 1 … 1.
    const squares = func('squares', [I32], I32, (n) => {
      const sum = local(0);
      doWhile(() => {
        increase(sum, n.times(n));
        n.set(n.minus(1));
        return n.differs(0);
      });
      return sum;
    });
    const exports = await open({ squares });
    expect([exports.squares(4), exports.squares(1)]).toEqual([30, 1]);
  });

  it('range() counts in steps below its end, once at least; loops nest', async () => {
    const pairs = func('pairs', [I32, I32], I32, (rows, columns) => {
      const sum = local(0);
      range(rows, 1, (row) => range(columns, 4, (column) => increase(sum, row.times(100).plus(column))));
      return sum;
    });
    const exports = await open({ pairs });
    expect(exports.pairs(2, 12)).toBe(2 * (0 + 4 + 8) + 3 * 100);
    expect(exports.pairs(1, 9)).toBe(0 + 4 + 8);
    expect(exports.pairs(0, 0)).toBe(0);
  });

  it('advance() runs from where a local stands to an end, or not at all', async () => {
    const sumOf = func('sumOf', [I32, I32], I32, (at, end) => {
      const sum = local(0);
      advance(at, end, 4, (own) => increase(sum, own.load()));
      return sum;
    });
    const { sumOf: run, memory } = await open({ sumOf });
    new Int32Array(memory.buffer).set([1, 10, 100, 1000]);
    expect([run(4, 12), run(0, 16), run(8, 8), run(12, 4)]).toEqual([110, 1111, 0, 0]);
  });
});

describe('when()', () => {
  it('runs one of two branches', async () => {
    const sign = func('sign', [I32], I32, (a) => {
      const result = local(0);
      when(
        a.lessSigned(0),
        () => result.set(-1),
        () => when(a, () => result.set(1)),
      );
      return result;
    });
    const exports = await open({ sign });
    expect([-5, 0, 5].map((a) => exports.sign(a))).toEqual([-1, 0, 1]);
  });

  it('leaves the function early', async () => {
    const half = func('half', [I32], I32, (a) => {
      when(a.modulo(2), () => returnNow(-1));
      return a.dividedBy(2);
    });
    const exports = await open({ half });
    expect([exports.half(8), exports.half(7)]).toEqual([4, -1]);
  });
});

describe('stores', () => {
  it('write numbers of 32, 16 and 8 bits, and fill bytes', async () => {
    const put = procedure('put', [I32], (at) => {
      fill(at, 0xff, I32.of(16));
      store(at, 0x01020304);
      store(at, 5, 4);
      store16(at.plus(8), I32.of(0x0a0b0c0d));
      store8(at.plus(12), I32.of(0x0102));
    });
    const { put: run, memory } = await open({ put });
    run(16);
    const bytes = [...new Uint8Array(memory.buffer, 16, 17)];
    expect(bytes).toEqual([4, 3, 2, 1, 5, 0, 0, 0, 0x0d, 0x0c, 255, 255, 2, 255, 255, 255, 0]);
  });

  it('read and write single lanes of a vector, and whole ones', async () => {
    // Four numbers that lie 8 bytes apart, to be packed and to be reversed there.
    const pack = procedure('pack', [I32, I32], (from, to) => {
      const lanes = [1, 2, 3].reduce(
        (vector, lane) => vector.withLane(lane, from.plus(8 * lane)),
        from.loadFirstLane(),
      );
      const packed = local(lanes);
      store(to, packed, 16);
      for (const lane of [0, 1, 2, 3]) storeLane(3 - lane, from.plus(8 * lane), packed);
    });
    const { pack: run, memory } = await open({ pack });
    const numbers = new Float32Array(memory.buffer);
    for (const k of [0, 1, 2, 3]) numbers[2 * k] = k + 0.5;
    run(0, 64);
    expect([...numbers.slice(20, 24)]).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect([...numbers.slice(0, 8)]).toEqual([3.5, 0, 2.5, 0, 1.5, 0, 0.5, 0]);
  });

  it('add vectors as plain code does', async () => {
    const addVectors = procedure('addVectors', [I32, I32], (to, from) =>
      store(to, to.loadVector().plus(from.loadVector().times(V128.of(2, 2, 2, 2)))),
    );
    const { addVectors: run, memory } = await open({ addVectors });
    const numbers = new Float32Array(memory.buffer);
    const four = fc.tuple(...[0, 1, 2, 3].map(() => fc.float({ noNaN: true })));
    fc.assert(
      fc.property(four, four, (a, b) => {
        numbers.set([...a, ...b]);
        run(0, 16);
        const want = a.map((value, k) => Math.fround(value + Math.fround(2 * b[k])));
        expect([...numbers.slice(0, 4)]).toEqual(want);
      }),
    );
  });
});

describe('copy() and takeNext()', () => {
  it('copies bytes; counts up and gives what was there', async () => {
    const copies = procedure('copies', [I32, I32, I32], (to, from, bytes) => copy(to, from, bytes));
    const taken = func('taken', [I32], I32, (at) => at.takeNext());
    const bytes = await assemble({
      memory: '(export "memory") 1 1 shared',
      exports: { copies, taken },
    });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const run = exports as unknown as Record<'copies' | 'taken', (...values: number[]) => number>;
    const words = new Int32Array((exports['memory'] as WebAssembly.Memory).buffer);
    words.set([7, 8, 9], 4);
    run.copies(0, 16, 12);
    expect([...words.slice(0, 4)]).toEqual([7, 8, 9, 0]);
    expect([run.taken(0), run.taken(0), words[0]]).toEqual([7, 8, 9]);
  });
});
