import type { ColumnKind } from '../../core/tables/column-kinds.ts';
import type { RunColumns } from '../../core/tables/table-facts.ts';
import type { RunKey } from './run-data.ts';
import type { Setup } from './setup-data.ts';

/*
 * Plain data about a table of the pictures, and what its columns have to do with a run. See contract.ts.
 */

export type { ColumnFacts, NamedAssociation, RunColumns } from '../../core/tables/table-facts.ts';

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

/** The methods of the contract about tables. */
export interface ColumnsApi {
  /** Null where the project has no table. */
  getColumns(query: RunKey): Promise<RunColumns | null>;
  /** The project forgets its table; the file is left alone. */
  removeTable(): Promise<Setup>;
}
