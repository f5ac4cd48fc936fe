import wabt from 'wabt';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KernelCode } from '../../../core/kernel-threads.ts';
import { createKernelThreads } from '../../../core/runtime/kernel-threads.ts';

/** Writes its task's end at its start; a task that starts at 0 is a trap. */
const TEXT = `(module
  (memory (import "machine" "memory") 1 65536 shared)
  (func (export "run") (param i32 i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (i32.store (local.get 0) (local.get 1))))`;

describe('createKernelThreads()', () => {
  let code: KernelCode;
  beforeAll(async () => {
    const parsed = (await wabt()).parseWat('test.wat', TEXT, { threads: true });
    const plain = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
    code = { plain, fused: plain };
  });

  it('carries out tasks side by side on one memory, again and again', async () => {
    const workers = createKernelThreads(2).open(code, 100)!;
    const words = new Int32Array(workers.memory);
    await workers.run([
      { start: 4, end: 11 },
      { start: 8, end: 12 },
    ]);
    expect([...words.slice(0, 4)]).toEqual([0, 11, 12, 0]);
    await workers.run([{ start: 12, end: 13 }]);
    expect([...words.slice(0, 4)]).toEqual([0, 11, 12, 13]);
    await workers.dispose();
  });

  it('takes the plain code where the fused is not understood', async () => {
    const broken = { ...code, fused: Buffer.from('not a module').toString('base64') };
    const workers = createKernelThreads(1).open(broken, 100)!;
    await workers.run([{ start: 4, end: 5 }]);
    expect(new Int32Array(workers.memory)[1]).toBe(5);
    await workers.dispose();
  });

  it('is not there for more memory than WebAssembly can address, or without a module', () => {
    const threads = createKernelThreads(2);
    expect(threads.open(code, 2 ** 32 + 1)).toBeUndefined();
    expect(threads.open({ plain: '', fused: '' }, 100)).toBeUndefined();
  });

  it('rejects with what a thread died of, and works on with a new one', async () => {
    const workers = createKernelThreads(1).open(code, 100)!;
    await expect(workers.run([{ start: 0, end: 0 }])).rejects.toThrow('unreachable');
    await workers.run([{ start: 4, end: 9 }]);
    expect(new Int32Array(workers.memory)[1]).toBe(9);
    await workers.dispose();
  });

  it('makes its memory larger, and not larger than WebAssembly can address', async () => {
    const workers = createKernelThreads(1).open(code, 100)!;
    const before = new Int32Array(workers.memory);
    expect(workers.reserve(200_000)).toBe(true);
    expect(workers.memory.byteLength).toBeGreaterThanOrEqual(200_000);
    await workers.run([{ start: 199_996, end: 3 }]);
    expect(new Int32Array(workers.memory)[199_996 / 4]).toBe(3);
    await workers.run([{ start: 8, end: 4 }]);
    expect(before[2]).toBe(4);
    expect(workers.reserve(2 ** 33)).toBe(false);
    await workers.dispose();
  });

  it('keeps the memories of several kernels apart, also where one is closed', async () => {
    const threads = createKernelThreads(2);
    const [first, second] = [threads.open(code, 100)!, threads.open(code, 100)!];
    const [a, b] = [first, second].map(({ memory }) => new Int32Array(memory));
    await Promise.all([first.run([{ start: 4, end: 1 }]), second.run([{ start: 4, end: 2 }])]);
    await first.dispose();
    await second.run([{ start: 8, end: 3 }]);
    expect([a[1], a[2], b[1], b[2]]).toEqual([1, 0, 2, 3]);
    await second.dispose();
  });

  it('rejects all that wait for a thread that dies, and serves them again', async () => {
    const threads = createKernelThreads(1);
    const [first, second] = [threads.open(code, 100)!, threads.open(code, 100)!];
    const trap = first.run([{ start: 0, end: 0 }]);
    const behind = second.run([{ start: 4, end: 1 }]);
    await expect(trap).rejects.toThrow('unreachable');
    await expect(behind).rejects.toThrow('unreachable');
    await second.run([{ start: 4, end: 5 }]);
    expect(new Int32Array(second.memory)[1]).toBe(5);
  });

  it('refuses more tasks than it has threads', async () => {
    const workers = createKernelThreads(1).open(code, 100)!;
    const task = { start: 4, end: 5 };
    await expect(workers.run([task, task])).rejects.toThrow('2 tasks for 1 threads');
    await workers.dispose();
  });
});
