import type { RunColumns } from '../../core/tables/table-facts.ts';
import type { RunKey } from './run-data.ts';
import type { Setup } from './setup-data.ts';

/*
 * Plain data about a table of the pictures, and what its columns have to do with a run. See contract.ts.
 */

export type { ColumnFacts, NamedAssociation, RunColumns } from '../../core/tables/table-facts.ts';

/** The methods of the contract about tables. */
export interface ColumnsApi {
  /** Null where the project has no table. */
  getColumns(query: RunKey): Promise<RunColumns | null>;
  /** The project forgets its table; the file is left alone. */
  removeTable(): Promise<Setup>;
}
