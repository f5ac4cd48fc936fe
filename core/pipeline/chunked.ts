import type { Json } from '../project/canonical-json.ts';
import type { StagePiece } from '../project/stage-entry.ts';
import type { StageWork } from './stage.ts';

/** Images a stored piece: what a kill can cost at most. A stage that is stored so declares it. */
export const CHUNK = 64;

/** A stage's work over images, as {@link chunked} asks for it. */
export interface ChunkedWork<Prepared, Value extends Json> {
  /** For progress. */
  readonly stage: string;
  /** Number of images in all. */
  readonly count: number;
  /** Images a chunk; what is stored is stored by {@link CHUNK}. @default CHUNK */
  readonly size?: number;
  /** Reads what a chunk needs; runs while the chunk before is computed. */
  prepare(start: number, end: number): Promise<Prepared>;
  compute(prepared: Prepared, start: number, end: number): Promise<StagePiece<Value>>;
}

/**
 * Does a stage's work chunk by chunk, each stored as soon as it is done, so that an interrupted run continues at the
 * first chunk that is missing. Pictures of the next chunk are decoded while the model runs on this one.
 */
export async function* chunked<Prepared, Value extends Json>(
  { entry, onProgress, signal }: Pick<StageWork, 'entry' | 'onProgress' | 'signal'>,
  work: ChunkedWork<Prepared, Value>,
): AsyncGenerator<StagePiece<Value>> {
  const { size = CHUNK } = work;
  const prepare = async (start: number): Promise<Prepared | undefined> => {
    if (start >= work.count || (await entry.has(start / size))) return undefined;
    return work.prepare(start, Math.min(start + size, work.count));
  };
  let next = prepare(0);
  for (let start = 0; start < work.count; start += size) {
    signal?.throwIfAborted();
    const prepared = await next;
    next = prepare(start + size);
    // A failure to prepare is reported when its turn comes, not as an unhandled rejection meanwhile.
    next.catch(() => undefined);
    const end = Math.min(start + size, work.count);
    yield await entry.get(start / size, async () =>
      work.compute(prepared ?? (await work.prepare(start, end)), start, end),
    );
    onProgress({ stage: work.stage, done: end, total: work.count });
  }
}
