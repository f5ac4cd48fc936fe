import type { Json } from '../project/canonical-json.ts';
import type { StageEntry, StagePiece } from '../project/stage-entry.ts';
import { ownsPiece, PiecesMissing, type Share } from './share.ts';
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

type ChunkContext = Pick<StageWork, 'entry' | 'onProgress' | 'signal' | 'share'>;

/**
 * Does a stage's work chunk by chunk, each stored as soon as it is done, so that an interrupted run continues at the
 * first chunk that is missing. Pictures of the next chunk are decoded while the model runs on this one.
 *
 * Throws   {@link PiecesMissing} where the work is shared and others have not done theirs, own pieces being stored by then.
 */
export async function* chunked<Prepared, Value extends Json>(
  context: ChunkContext,
  work: ChunkedWork<Prepared, Value>,
): AsyncGenerator<StagePiece<Value>> {
  const { entry, share, onProgress } = context;
  const { size = CHUNK, count, stage } = work;
  const pieces = Math.ceil(count / size);
  if (share !== undefined) {
    const own = ownMissing(share, await entry.stored(), pieces);
    const computed = inTurn(context, own, pieceWork(entry, work));
    while ((await computed.next()).done !== true) continue;
    const missing = missingIn(await entry.stored(), pieces);
    if (share.fills === true || missing.length > 0) throw new PiecesMissing(stage, missing, pieces);
    // Read, and one that proves damaged computed again by whoever reads it.
    onProgress({ stage, done: 0, total: count });
  }
  yield* inTurn(context, indicesOf(pieces), pieceWork(entry, work));
}

/** Pieces by number, each with what has to be read for it while the one before is computed. */
export interface PieceWork<Prepared, Result> {
  readonly stage: string;
  /** Number of images in all, and in a piece. */
  readonly count: number;
  readonly size: number;
  /** What is read for a piece; undefined where nothing has to be. */
  prepare(index: number, start: number, end: number): Promise<Prepared | undefined>;
  result(prepared: Prepared | undefined, index: number, start: number, end: number): Promise<Result>;
}

/** Does some pieces in the given order, with the progress of their images. */
export async function* inTurn<Prepared, Result>(
  { onProgress, signal }: Pick<StageWork, 'onProgress' | 'signal'>,
  indices: readonly number[],
  { stage, count, size, ...work }: PieceWork<Prepared, Result>,
): AsyncGenerator<Result> {
  const range = (index: number): [number, number] => [index * size, Math.min((index + 1) * size, count)];
  const imagesOf = (index: number): number => range(index)[1] - range(index)[0];
  const total = indices.reduce((sum, index) => sum + imagesOf(index), 0);
  const prepareAt = (place: number): Promise<Prepared | undefined> =>
    place < indices.length
      ? work.prepare(indices[place], ...range(indices[place]))
      : Promise.resolve(undefined);
  let done = 0;
  let next = prepareAt(0);
  for (const [place, index] of indices.entries()) {
    signal?.throwIfAborted();
    const prepared = await next;
    next = prepareAt(place + 1);
    // A failure to prepare is reported when its turn comes, not as an unhandled rejection meanwhile.
    next.catch(() => undefined);
    yield await work.result(prepared, index, ...range(index));
    done += imagesOf(index);
    onProgress({ stage, done, total });
  }
}

function pieceWork<Prepared, Value extends Json>(
  entry: StageEntry,
  { stage, count, size = CHUNK, ...work }: ChunkedWork<Prepared, Value>,
): PieceWork<Prepared, StagePiece<Value>> {
  return {
    ...{ stage, count, size },
    prepare: async (index, start, end) => ((await entry.has(index)) ? undefined : work.prepare(start, end)),
    result: (prepared, index, start, end) =>
      entry.get(index, async () => work.compute(prepared ?? (await work.prepare(start, end)), start, end)),
  };
}

/** The pieces that are not stored, of all. */
export function missingIn(stored: ReadonlySet<number>, pieces: number): number[] {
  return indicesOf(pieces).filter((index) => !stored.has(index));
}

/** The pieces of a share that are not stored; of all, where the work is not shared. */
export function ownMissing(share: Share | undefined, stored: ReadonlySet<number>, pieces: number): number[] {
  const missing = missingIn(stored, pieces);
  return share === undefined ? missing : missing.filter((index) => ownsPiece(share, index, pieces));
}

function indicesOf(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
