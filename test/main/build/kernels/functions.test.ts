import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import {
  func,
  local,
  multiplyAdd,
  procedure,
  write,
  type Local,
} from '../../../../main/build/kernels/wat/functions.ts';
import { assemble, watOf } from '../../../../main/build/kernels/wat/module.ts';
import { callAt, store } from '../../../../main/build/kernels/wat/statements.ts';
import { F64, I32, V128 } from '../../../../main/build/kernels/wat/values.ts';
import { open } from './run-kernel.ts';

const MEMORY = '(export "memory") 1';

describe('func() and procedure()', () => {
  it('give a function of their parameters', async () => {
    const difference = func('difference', [I32, I32], I32, (a, b) => a.minus(b));
    expect((await open({ difference })).difference(7, 4)).toBe(3);
  });

  it('take a number for a constant, as result and as argument', async () => {
    const seven = func('seven', [], I32, () => 7);
    const twice = func('twice', [I32], I32, (a) => a.times(2));
    const fourteen = func('fourteen', [], I32, () => twice(seven()));
    const ten = func('ten', [], I32, () => twice(5));
    const exports = await open({ fourteen, ten });
    expect([exports.fourteen(), exports.ten()]).toEqual([14, 10]);
  });

  it('keep in a local what it was set to, whatever becomes of its source', async () => {
    const swapped = func('swapped', [I32, I32], I32, (a, b) => {
      const first = local(a);
      a.set(b);
      b.set(first);
      return a.times(100).plus(b);
    });
    expect((await open({ swapped })).swapped(3, 5)).toBe(503);
  });

  it('compute an expression anew wherever it is used', async () => {
    const after = func('after', [I32], I32, (a) => {
      const next = a.plus(1);
      a.set(10);
      return next;
    });
    expect((await open({ after })).after(3)).toBe(11);
  });

  it('write calls, through several functions, of those that are not exported too', async () => {
    const put = procedure('put', [I32, I32], (at, value) => store(at, value));
    const putTwice = procedure('putTwice', [I32], (value) => {
      put(0, value);
      put(4, value.plus(1));
    });
    const { putTwice: run, memory } = await open({ putTwice });
    run(8);
    expect([...new Int32Array(memory.buffer, 0, 3)]).toEqual([8, 9, 0]);
  });

  it('reach a function by its place in the table', async () => {
    const places = [1, 2].map((byte) =>
      procedure(`put${byte}`, [I32, I32], (at, value) => store(at, value.times(byte))),
    );
    const put = procedure('put', [I32, I32, I32], (place, at, value) => callAt(place, at, value));
    const { put: run, memory } = await open({ put }, places);
    run(0, 0, 21);
    run(1, 4, 21);
    expect([...new Int32Array(memory.buffer, 0, 2)]).toEqual([21, 42]);
    expect(() => run(2, 0, 0)).toThrow(WebAssembly.RuntimeError);
  });
});

describe('multiplyAdd()', () => {
  // 1 + 2^-12 squared is 1 + 2^-11 + 2^-24: the last term is lost where the product is rounded by itself.
  const rest = procedure('rest', [I32], (at) => {
    const factor = local(V128.of(1 + 2 ** -12, 1, 2, 3));
    store(at, multiplyAdd(factor, factor, V128.of(-1 - 2 ** -11, 1, -1, 0)));
  });

  it.each([
    { isFused: false, want: 0 },
    { isFused: true, want: 2 ** -24 },
  ])('rounds once where the module is fused: $isFused', async ({ isFused, want }) => {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
    const bytes = await assemble({ memory: MEMORY, exports: { rest }, isFused });
    const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    (exports['rest'] as (at: number) => void)(0);
    const got = [...new Float32Array((exports['memory'] as WebAssembly.Memory).buffer, 0, 4)];
    expect(got).toEqual([want, 2, 3, 9]);
  });
});

describe('a module that is written wrongly', () => {
  it('refuses statements outside of functions', () => {
    expect(() => write('(nop)')).toThrow('can only be written inside a function');
    expect(() => local(1)).toThrow('can only be written inside a function');
  });

  it('refuses a local of another function', async () => {
    let stolen: Local<I32> | undefined;
    const owner = func('owner', [], I32, () => (stolen = local(1)));
    const thief = func('thief', [], I32, () => stolen!);
    await expect(open({ owner, thief })).rejects.toThrow('undefined local variable "$owner.0"');
  });

  it('refuses two functions of one label', () => {
    const [first, second] = [1, 2].map((value) => func('same', [], I32, () => value));
    expect(() => watOf({ memory: MEMORY, exports: { first, second } })).toThrow(
      'Two functions of the module have the label "same".',
    );
  });

  it('refuses a value of another type', async () => {
    const wrong = func('wrong', [], F64, () => I32.of(1) as unknown as F64);
    await expect(open({ wrong })).rejects.toThrow('type mismatch');
  });

  it('writes the next module as if nothing had happened', async () => {
    const fails = func('fails', [], I32, () => {
      throw new RangeError('no body');
    });
    expect(() => watOf({ memory: MEMORY, exports: { fails } })).toThrow('no body');
    expect(() => local(1)).toThrow('can only be written inside a function');
    const one = func('one', [], I32, () => local(1));
    expect((await open({ one })).one()).toBe(1);
  });
});
