import type { KernelThreads } from '../../../../core/platform.ts';

/** Threads that are none: tasks run one after another, in this process, without fused multiply-adds. */
export function inProcessThreads(count: number): KernelThreads {
  return {
    count,
    open({ plain }, bytes) {
      const pages = Math.ceil(bytes / 2 ** 16);
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
      const module = new WebAssembly.Module(Buffer.from(plain, 'base64'));
      const { exports } = new WebAssembly.Instance(module, { machine: { memory } });
      const run = exports['run'] as (start: number, end: number) => void;
      return {
        memory: memory.buffer,
        run(tasks) {
          for (const { start, end } of tasks) run(start, end);
          return Promise.resolve();
        },
        dispose: () => Promise.resolve(),
      };
    },
  };
}
