import { LRUCache } from 'lru-cache';

/** The answer under a key: the one that is kept, else what `make` gives. */
export type KeptAnswers<T> = (key: string, make: () => Promise<T>) => Promise<T>;

/** Keeps the `max` answers that were asked for last; one that failed is not kept, so that it is asked for anew. */
export function createKeptAnswers<T>(max: number): KeptAnswers<T> {
  const kept = new LRUCache<string, Promise<T>>({ max });
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    kept.set(key, made);
    made.catch(() => {
      if (kept.peek(key) === made) kept.delete(key);
    });
    return made;
  };
}
