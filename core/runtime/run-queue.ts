let tail: Promise<unknown> = Promise.resolve();

/**
 * Runs a task once every task queued before it has ended, so that ONNX Runtime does one thing at a time in the whole
 * process: concurrent runs of its WebGPU provider crash. Settles as the task does; a failure does not stop the queue.
 */
export function queued<T>(task: () => Promise<T>): Promise<T> {
  const result = tail.then(task);
  tail = result.catch(() => undefined);
  return result;
}
