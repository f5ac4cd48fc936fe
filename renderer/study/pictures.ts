/* Pictures are fetched and decoded before they are shown, so that no time is measured while one is still coming. */

const waiting = new Map<string, Promise<void>>();
/** The pictures of some steps; older ones are fetched again where they are needed. */
const MOST_KEPT = 400;

/** Fetches and decodes a picture; rejects where it cannot be had, and is tried anew the next time. */
function load(address: string): Promise<void> {
  const known = waiting.get(address);
  if (known !== undefined) return known;
  const image = new Image();
  image.src = address;
  // The promise keeps the picture, and with it what was decoded.
  const loading = image.decode().then(() => void image);
  loading.catch(() => waiting.delete(address));
  if (waiting.size >= MOST_KEPT) waiting.delete(waiting.keys().next().value!);
  waiting.set(address, loading);
  return loading;
}

/** Begins to fetch pictures that will be shown next. */
export function preload(addresses: readonly string[]): void {
  for (const address of addresses) load(address).catch(() => undefined);
}

/** Resolves when all of some pictures can be shown at once; tries until they can. */
export async function ready(addresses: readonly string[], signal: AbortSignal): Promise<void> {
  for (let pauseMs = 250; !signal.aborted; pauseMs = Math.min(2 * pauseMs, 4000)) {
    const all = await Promise.allSettled(addresses.map(load));
    if (all.every(({ status }) => status === 'fulfilled')) return;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
