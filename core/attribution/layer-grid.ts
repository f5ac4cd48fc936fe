/** How a cut's activations lie over the picture. */
export interface LayerGrid {
  readonly shape: readonly number[];
  readonly channelAxis: number;
  readonly grid: readonly [rows: number, columns: number];
}

/**
 * Index of a value of one item's activations at a grid cell and channel. Positions before the grid (class tokens)
 * are passed over.
 */
export function cellIndex({ shape, channelAxis, grid: [rows, columns] }: LayerGrid) {
  const channels = shape[channelAxis];
  const positions = shape.slice(1).reduce((product, size) => product * size, 1) / channels;
  const first = positions - rows * columns;
  const [positionStride, channelStride] = channelAxis === shape.length - 1 ? [channels, 1] : [1, positions];
  return {
    channels,
    cells: rows * columns,
    positions,
    at: (cell: number, channel: number) => (first + cell) * positionStride + channel * channelStride,
  };
}
