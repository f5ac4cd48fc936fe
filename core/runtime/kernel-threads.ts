import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { KernelCode, KernelWorkers, KernelTask, KernelThreads } from '../kernel-threads.ts';

const PAGE = 2 ** 16;
/** What WebAssembly can address. */
const MOST_PAGES = 2 ** 16;

/** All that a thread does. As text, since a bundle has no file of its own to start a thread from. */
const THREAD = `
const { parentPort } = require('node:worker_threads');
const kernels = new Map();
parentPort.on('message', ({ kernel, opened, task }) => {
  if (opened) kernels.set(kernel, new WebAssembly.Instance(opened.module, { machine: opened }).exports);
  else if (task) {
    kernels.get(kernel).run(task.start, task.end);
    parentPort.postMessage(task.end);
  } else kernels.delete(kernel);
});`;

/** A kernel as threads open it. */
interface Kernel {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/**
 * Threads of this machine, the same for all kernels of the process; they start with the first task and do not keep the
 * process alive while idle.
 */
export function createKernelThreads(count: number = availableParallelism()): KernelThreads {
  return {
    count,
    open(code, bytes) {
      const pages = Math.ceil(bytes / PAGE);
      if (pages > MOST_PAGES) return undefined;
      try {
        const memory = new WebAssembly.Memory({ initial: pages, maximum: MOST_PAGES, shared: true });
        return openWorkers({ module: compile(code), memory }, count);
      } catch {
        // Whoever asks has a way without: see KernelThreads.
        return undefined;
      }
    },
  };
}

const compiled = new Map<string, WebAssembly.Module>();

/** Fused multiply-adds are a third faster; Node.js before 22 has them behind a flag. */
function compile({ plain, fused }: KernelCode): WebAssembly.Module {
  const known = compiled.get(fused ?? plain);
  if (known !== undefined) return known;
  const bytes = Buffer.from(fused ?? plain, 'base64');
  if (!WebAssembly.validate(bytes)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const module = new WebAssembly.Module(WebAssembly.validate(bytes) ? bytes : Buffer.from(plain, 'base64'));
  compiled.set(fused ?? plain, module);
  return module;
}

function openWorkers(kernel: Kernel, count: number): KernelWorkers {
  const { memory } = kernel;
  return {
    get memory() {
      return memory.buffer;
    },
    reserve(bytes) {
      const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
      try {
        if (missing > 0) memory.grow(missing);
        return true;
      } catch {
        return false;
      }
    },
    async run(tasks) {
      if (tasks.length > count) throw new RangeError(`${tasks.length} tasks for ${count} threads`);
      await Promise.all(tasks.map((task, index) => threadAt(index).carryOut(kernel, task)));
    },
    dispose() {
      for (const thread of threads) thread?.close(kernel);
      return Promise.resolve();
    },
  };
}

const threads: (Thread | undefined)[] = [];

function threadAt(index: number): Thread {
  const known = threads[index];
  if (known?.isAlive) return known;
  return (threads[index] = new Thread());
}

/** A worker that carries out tasks of any kernel in the order in which it is given them. */
class Thread {
  isAlive = true;
  readonly #worker = new Worker(THREAD, { eval: true });
  readonly #opened = new Map<Kernel, number>();
  readonly #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  #next = 0;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', () => {
      this.#waiting.shift()?.resolve();
      if (this.#waiting.length === 0) this.#worker.unref();
    });
    // What the thread died of.
    this.#worker.on('error', (error: Error) => {
      this.isAlive = false;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  carryOut(kernel: Kernel, task: KernelTask): Promise<void> {
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage({ kernel: this.#numberOf(kernel), task });
    });
  }

  close(kernel: Kernel): void {
    const number = this.#opened.get(kernel);
    if (number === undefined) return;
    this.#opened.delete(kernel);
    if (this.isAlive) this.#worker.postMessage({ kernel: number });
  }

  #numberOf(kernel: Kernel): number {
    const known = this.#opened.get(kernel);
    if (known !== undefined) return known;
    const number = this.#next++;
    this.#opened.set(kernel, number);
    this.#worker.postMessage({ kernel: number, opened: kernel });
    return number;
  }
}
