import type { z } from 'zod';
import type { Storage } from '../../core/platform.ts';
import { createQueue } from '../../core/queue.ts';

/** One small JSON file of the workbench, in memory and on disk. */
export interface StoredValue<T> {
  get(): Promise<T>;
  set(value: T): Promise<void>;
}

/** A file that is missing or does not read becomes `fallback`: settings must never bar the way to the program. */
export function storedValue<T>(
  storage: Storage,
  path: string,
  schema: z.ZodType<T>,
  fallback: T,
): StoredValue<T> {
  let loaded: Promise<T> | undefined;
  const load = async (): Promise<T> => {
    try {
      return schema.parse(JSON.parse(new TextDecoder().decode(await storage.readBytes(path))));
    } catch {
      return fallback;
    }
  };
  // One write after another, so that the last value is what is kept.
  const inTurn = createQueue();
  return {
    get: () => (loaded ??= load()),
    set: (value) => {
      loaded = Promise.resolve(value);
      return inTurn(async () => {
        await storage.makeDirectory(storage.dirname(path));
        await storage.writeAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`);
      });
    },
  };
}
