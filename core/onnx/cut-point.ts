/** A tensor through which every path from input to output goes. */
export interface CutPoint {
  readonly tensor: string;
  /** At batch 1. */
  readonly shape: readonly number[];
  /** [N, C, H, W] or [N, H, W, C]; [N, T, C]; [N, C] or [N, C, 1, 1]. */
  readonly kind: 'spatial' | 'tokens' | 'vector';
  readonly channelAxis: number;
  /** Rows and columns of positions; [1, T] for tokens that do not lie on a grid, [1, 1] for a vector. */
  readonly grid: readonly [rows: number, cols: number];
  /** Share of all multiplications done before this tensor, 0 to 1. */
  readonly computeShare: number;
  readonly proposed: boolean;
}
