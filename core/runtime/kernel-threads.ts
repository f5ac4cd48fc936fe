import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { KernelCode, KernelWorkers, KernelTask, KernelThreads } from '../platform.ts';

const PAGE = 2 ** 16;
/** What WebAssembly can address. */
const MOST_PAGES = 2 ** 16;

/** All that a thread does. As text, since a bundle has no file of its own to start a thread from. */
const THREAD = `
const { parentPort, workerData: { module, memory } } = require('node:worker_threads');
const { run } = new WebAssembly.Instance(module, { machine: { memory } }).exports;
parentPort.on('message', ({ start, end }) => {
  run(start, end);
  parentPort.postMessage(end);
});`;

/** Threads of this machine; they start with the first kernel and do not keep the process alive while idle. */
export function createKernelThreads(count: number = availableParallelism()): KernelThreads {
  return {
    count,
    open(code, bytes) {
      const pages = Math.ceil(bytes / PAGE);
      if (pages > MOST_PAGES) return undefined;
      try {
        const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
        return openWorkers(compile(code), memory, count);
      } catch {
        // Whoever asks has a way without: see KernelThreads.
        return undefined;
      }
    },
  };
}

/** Fused multiply-adds are a third faster; Node.js before 22 has them behind a flag. */
function compile({ plain, fused }: KernelCode): WebAssembly.Module {
  const bytes = Buffer.from(fused, 'base64');
  if (!WebAssembly.validate(bytes)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return new WebAssembly.Module(WebAssembly.validate(bytes) ? bytes : Buffer.from(plain, 'base64'));
}

function openWorkers(module: WebAssembly.Module, memory: WebAssembly.Memory, count: number): KernelWorkers {
  const threads: (Worker | undefined)[] = [];
  const thread = (index: number): Worker =>
    (threads[index] ??= new Worker(THREAD, { eval: true, workerData: { module, memory } }));
  const carryOut = async (task: KernelTask, index: number): Promise<void> => {
    const worker = thread(index);
    worker.ref();
    const done = once(worker, 'message');
    worker.postMessage(task);
    try {
      await done;
    } catch (error) {
      // What the thread died of.
      threads[index] = undefined;
      throw error;
    }
    worker.unref();
  };
  return {
    memory: memory.buffer,
    async run(tasks) {
      if (tasks.length > count) throw new RangeError(`${tasks.length} tasks for ${count} threads`);
      await Promise.all(tasks.map(carryOut));
    },
    async dispose() {
      const open = threads.splice(0).filter((worker) => worker !== undefined);
      await Promise.all(open.map((worker) => worker.terminate()));
    },
  };
}
