import type { PageId } from '../api/call-handler.ts';

/** What pages wait for, so that each can give up what is its own and nothing of another's. */
export interface PageTasks {
  run<T>(page: PageId | undefined, task: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** As `run`, in the place of what the page waited for before. */
  runLatest<T>(page: PageId | undefined, task: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Gives up all that the page waits for. */
  stop(page: PageId | undefined): void;
}

/** The tasks of one kind, of every page. */
export function createPageTasks(): PageTasks {
  const underWay = new Map<PageId | undefined, Set<AbortController>>();
  const run: PageTasks['run'] = async (page, task) => {
    const own = new AbortController();
    const ofPage = underWay.get(page) ?? new Set();
    underWay.set(page, ofPage.add(own));
    try {
      return await task(own.signal);
    } finally {
      ofPage.delete(own);
      if (ofPage.size === 0 && underWay.get(page) === ofPage) underWay.delete(page);
    }
  };
  const stop: PageTasks['stop'] = (page) => {
    for (const one of underWay.get(page) ?? []) one.abort();
  };
  return {
    run,
    stop,
    runLatest(page, task) {
      stop(page);
      return run(page, task);
    },
  };
}
