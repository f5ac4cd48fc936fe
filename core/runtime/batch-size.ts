import { TesseraError } from '../errors.ts';

export interface BatchBudget {
  /** Memory of one item while it is worked on: input, activations and outputs. */
  readonly bytesPerItem: number;
  readonly budgetBytes: number;
  /** More than this does not make a device faster. @default 64 */
  readonly largest?: number;
}

/** How many items fit the budget, at least 1. */
export function batchSizeFor({ bytesPerItem, budgetBytes, largest = 64 }: BatchBudget): number {
  const fitting = Math.floor(budgetBytes / Math.max(1, bytesPerItem));
  return Math.max(1, Math.min(largest, fitting));
}

/** The result of items `start` to `end` (exclusive). */
export interface BatchResult<T> {
  readonly start: number;
  readonly end: number;
  readonly value: T;
}

/**
 * Runs a task over items 0 … count - 1 in batches. When a batch fails with 'out-of-memory' it is tried again with half
 * the size, and the smaller size is kept; at size 1 the failure is passed on.
 */
export async function* runBatched<T>(
  count: number,
  batchSize: number,
  run: (start: number, end: number) => Promise<T>,
): AsyncGenerator<BatchResult<T>, void, void> {
  let size = Math.max(1, batchSize);
  for (let start = 0; start < count;) {
    const end = Math.min(count, start + size);
    const outcome = await attempt(() => run(start, end));
    if ('value' in outcome) {
      yield { start, end, value: outcome.value };
      start = end;
    } else if (end - start === 1) throw outcome.shortage;
    else size = Math.ceil((end - start) / 2);
  }
}

type Outcome<T> = { readonly value: T } | { readonly shortage: TesseraError };

async function attempt<T>(task: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await task() };
  } catch (error) {
    if (error instanceof TesseraError && error.code === 'out-of-memory') return { shortage: error };
    throw error;
  }
}
