import type { DocumentId } from './app-data.ts';
import type { RunKey } from './run-data.ts';

/*
 * Plain data that crosses from the workbench to its views: what is printed of a run, and where it went. See contract.ts.
 */

/** What to print of a run. */
export interface ReportChoice extends RunKey {
  /** Ids of the concepts to print, in any order; absent: all that are not hidden. */
  readonly concepts?: readonly string[];
  /** Ids from {@link WorkbenchApi.listReportSections}; absent: all. */
  readonly sections?: readonly string[];
}

/** A section that a report can have. */
export interface ReportSection {
  readonly id: string;
  readonly title: string;
}

/** Where a report went: a path on this machine, or a page to download; neither when the dialog was closed. */
export interface SavedReport {
  readonly path: string | null;
  readonly document: DocumentId | null;
}
