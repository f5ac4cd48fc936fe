import type { ColumnKind } from '../../core/tables/column-kinds.ts';

/*
 * Plain data about the table, and the boxes and masks, of a setup. See contract.ts; what they have to do with runs is in
 * columns-data.ts and marks-data.ts.
 */

/** A table that belongs to the pictures of a setup, and what was understood of it. */
export interface TableSummary {
  readonly path: string;
  readonly fileName: string;
  /** Which of the images it speaks of; empty while there are no images. */
  readonly matched: string;
  /** What could not be used, or was not clear, a sentence each. */
  readonly notes: readonly string[];
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind; readonly notice?: string }[];
}

/** Boxes or masks that belong to the pictures of a setup, and what was understood of them. */
export interface MarksSummary {
  readonly path: string;
  readonly fileName: string;
  /** Which of the images they are of. */
  readonly matched: string;
  /** What could not be used, or was not clear, a sentence each. */
  readonly notes: readonly string[];
  /** What the objects are called, with the images that have one, the most frequent first. */
  readonly kinds: readonly { readonly name: string; readonly images: number }[];
}
