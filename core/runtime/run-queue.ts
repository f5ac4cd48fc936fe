import { createQueue } from '../queue.ts';

/**
 * The queue of everything ONNX Runtime does in this process: concurrent runs of its WebGPU provider crash. A task in
 * it must not wait for another one.
 */
export const queued = createQueue();
