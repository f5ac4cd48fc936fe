import type { KernelThreads } from '../../core/kernel-threads.ts';

/** Threads that are none: tasks run one after another, in this process, without fused multiply-adds. */
export function inProcessThreads(count: number): KernelThreads {
  return {
    count,
    open({ plain }, bytes) {
      const pages = Math.ceil(bytes / 2 ** 16);
      const memory = new WebAssembly.Memory({ initial: pages, maximum: 2 ** 16, shared: true });
      const module = new WebAssembly.Module(Buffer.from(plain, 'base64'));
      const { exports } = new WebAssembly.Instance(module, { machine: { memory } });
      const run = exports['run'] as (start: number, end: number) => void;
      return {
        get memory() {
          return memory.buffer;
        },
        reserve(wanted) {
          const missing = Math.ceil((wanted - memory.buffer.byteLength) / 2 ** 16);
          if (missing > 0) memory.grow(missing);
          return true;
        },
        run(tasks) {
          for (const { start, end } of tasks) run(start, end);
          return Promise.resolve();
        },
        dispose: () => Promise.resolve(),
      };
    },
  };
}
