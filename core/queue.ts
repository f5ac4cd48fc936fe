/** Runs a task once every task given before it has ended; settles as the task does. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>;

/** One task at a time, first come, first served; a task that fails does not stop the queue. */
export function createQueue(): Queue {
  let tail: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = tail.then(task);
    tail = result.catch(() => undefined);
    return result;
  };
}
