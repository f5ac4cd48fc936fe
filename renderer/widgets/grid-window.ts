/** The part of a grid of equal cells that is in sight. */
export interface GridWindow {
  readonly columns: number;
  /** Width of a cell: at least the one asked for, so that the cells fill the row. */
  readonly cellWidth: number;
  /** Distance of rows, in pixels. */
  readonly rowHeight: number;
  readonly rows: number;
  /** First and last row to draw; last < first when there is nothing. */
  readonly firstRow: number;
  readonly lastRow: number;
  /** Rows drawn: as many wherever the grid stands, so that scrolling makes and removes none. */
  readonly slots: number;
}

/** How many cells a grid has, how large they are and what of it is in sight. */
export interface GridExtent {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  /** Least width of a cell. */
  readonly minCellWidth: number;
  /** Height of a cell beyond its width: cells hold a square picture and what stands below it. */
  readonly captionHeight: number;
  readonly gap: number;
  /** Rows drawn beyond either edge. */
  readonly spare?: number;
}

/** Which rows of a grid must be drawn; all in CSS pixels. At least one column, whatever the width. */
export function gridWindow(extent: GridExtent): GridWindow {
  const { count, width, height, scrollTop, minCellWidth, captionHeight, gap, spare = 1 } = extent;
  const columns = Math.max(1, Math.floor((width + gap) / (minCellWidth + gap)));
  const cellWidth = Math.max(1, Math.floor((width + gap) / columns - gap));
  const rowHeight = cellWidth + captionHeight + gap;
  const rows = Math.ceil(count / columns);
  // A grid that has not been laid out yet would draw cells of the wrong size.
  const slots = height === 0 ? 0 : Math.min(rows, Math.ceil(height / rowHeight) + 1 + 2 * spare);
  const firstRow = Math.max(0, Math.min(Math.floor(scrollTop / rowHeight) - spare, rows - slots));
  return { columns, cellWidth, rowHeight, rows, firstRow, lastRow: firstRow + slots - 1, slots };
}

/** The row that a slot holds: the one in the window that leaves the slot's number when divided by that of all slots. */
export function rowInSlot(slot: number, { firstRow, slots }: GridWindow): number {
  const ahead = (slot - firstRow) % slots;
  return firstRow + (ahead < 0 ? ahead + slots : ahead);
}

/** The slots from the top of the window to its end. */
export function slotsInOrder({ firstRow, slots }: GridWindow): number[] {
  return Array.from({ length: slots }, (_, i) => (firstRow + i) % slots);
}

/** Is the row drawn? */
export function holdsRow({ firstRow, lastRow }: GridWindow, row: number): boolean {
  return row >= firstRow && row <= lastRow;
}

/** The cell that a key moves to from `index`; undefined for keys that do not move. */
export function movedTo(
  key: string,
  index: number,
  {
    count,
    columns,
    pageRows,
  }: { readonly count: number; readonly columns: number; readonly pageRows: number },
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - columns < 0 ? index : index - columns,
    ArrowDown: index + columns >= count ? index : index + columns,
    PageUp: index - pageRows * columns,
    PageDown: index + pageRows * columns,
    Home: 0,
    End: count - 1,
  };
  const target = steps[key];
  return target === undefined ? undefined : Math.min(count - 1, Math.max(0, target));
}
