/** What one of several processes computes of a run: of every stage the pieces of its own range. */
export interface Share {
  /** From 0; -1 for whoever computes no piece, but puts together what others have computed. */
  readonly shard: number;
  readonly of: number;
  /** Its pieces are all that is wanted: nobody here reads those of others. */
  readonly fills?: boolean;
}

/** The share of whoever puts the pieces of others together. */
export const NO_SHARE: Share = { shard: -1, of: 1 };

/** Is piece `index` of `count` computed by this share? Every piece is by one of the shards 0 … of - 1. */
export function ownsPiece({ shard, of }: Share, index: number, count: number): boolean {
  return shardOf(index, count, of) === shard;
}

/**
 * The shard that computes a piece: contiguous ranges, which differ by one piece at most.
 *
 * @internal Tests compare with it.
 */
export function shardOf(index: number, count: number, of: number): number {
  return Math.floor((index * of) / count);
}

/** Thrown where a stage cannot be read yet, since pieces of it are others' to compute; with `fills` none may be missing. */
export class PiecesMissing extends Error {
  override readonly name: string = 'PiecesMissing';
  /** Which stage lacks which of how many pieces. */
  readonly stage: string;
  readonly missing: readonly number[];
  readonly pieces: number;

  constructor(stage: string, missing: readonly number[], pieces: number) {
    super(`${missing.length} of ${pieces} pieces of the stage ${stage} are not there yet`);
    this.stage = stage;
    this.missing = missing;
    this.pieces = pieces;
  }
}

/** The shards that have to compute some pieces, of so many. */
export function shardsOf(
  { missing, pieces }: Pick<PiecesMissing, 'missing' | 'pieces'>,
  of: number,
): number[] {
  return [...new Set(missing.map((index) => shardOf(index, pieces, of)))];
}
