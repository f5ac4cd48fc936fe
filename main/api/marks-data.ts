import type { RunObjects } from '../../core/tables/objects/object-facts.ts';
import type { RunKey } from './run-data.ts';
import type { Setup } from './setup-data.ts';

/*
 * Plain data about boxes and masks in the pictures, and how much of a run's concepts lies in them. See contract.ts.
 */

export type { NamedShare, RunObjects } from '../../core/tables/objects/object-facts.ts';

/** The methods of the contract about boxes and masks. */
export interface MarksApi {
  /** Null where the project has no boxes or masks. */
  getObjects(query: RunKey): Promise<RunObjects | null>;
  /** The project forgets its boxes or masks; the files are left alone. */
  removeMarks(): Promise<Setup>;
}
