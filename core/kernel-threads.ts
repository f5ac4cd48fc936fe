/* What core asks of the machine for kernels of its own, beside what platform.ts says. */

/** A WebAssembly module, in base64, that imports `machine.memory` (shared) and exports `run(start, end)`. */
export interface KernelCode {
  readonly plain: string;
  /** The same with fused multiply-adds (relaxed SIMD), for machines that have them; absent where rounding must not differ. */
  readonly fused?: string;
}

/** What a kernel is to do, as a range of addresses in its memory; the meaning is the kernel's. */
export interface KernelTask {
  readonly start: number;
  readonly end: number;
}

/** A pool of worker threads that run one kernel on one memory. */
export interface KernelWorkers {
  /** Another object after each `reserve` that made it larger; views of the one before remain valid. */
  readonly memory: ArrayBufferLike;
  /** Makes the memory so many bytes large, if it is smaller; false where there are not so many. */
  reserve(bytes: number): boolean;
  /** Carries out the tasks side by side, each in a thread of its own: at most as many as there are threads. */
  run(tasks: readonly KernelTask[]): Promise<void>;
  dispose(): Promise<void>;
}

/** The threads that this machine has for kernels. */
export interface KernelThreads {
  readonly count: number;
  /** Undefined where WebAssembly, its vectors or its shared memory are missing, or so many bytes. */
  open(code: KernelCode, bytes: number): KernelWorkers | undefined;
}
