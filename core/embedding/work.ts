import type { OnProgress } from '../platform.ts';

/** Who hears how far an embedding is, and may stop it. */
export interface EmbeddingWork {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds of computing after which others have their turn. */
const TURN_MS = 40;

/**
 * A place to stop at in a long loop: lets what waits have its turn now and then, so that a wish to stop can be heard, and
 * throws the signal's reason once there is one.
 */
export function createPause({ signal }: EmbeddingWork): () => Promise<void> {
  let since = Date.now();
  return async () => {
    signal?.throwIfAborted();
    if (Date.now() - since < TURN_MS) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    since = Date.now();
    signal?.throwIfAborted();
  };
}
