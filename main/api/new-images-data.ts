import type { SkippedFile } from '../../core/concepts/explanation.ts';
import type { Drift } from '../../core/metrics/drift.ts';
import type { ClassScore, PictureId } from './app-data.ts';
import type { SavedReport } from './report-data.ts';
import type { RunKey } from './run-data.ts';

/*
 * Plain data that crosses from the workbench to its views: new images in the terms of a finished run. See contract.ts.
 */

export type { Drift };

/** A concept of a run with what became of it in new images. */
export interface DriftedConcept {
  readonly id: string;
  readonly name: string;
  /** Null where either side has too few images. */
  readonly drift: Drift | null;
}

/** New images that were looked at with the concepts of a run. */
export interface ScoredImages extends RunKey {
  /** Names this result. */
  readonly id: string;
  /** Names of the folders and files that were given. */
  readonly roots: readonly string[];
  readonly images: number;
  /** In the order of the run, the most important first. */
  readonly concepts: readonly DriftedConcept[];
  readonly className: string;
  /** Images of either side between which amounts were compared. */
  readonly compared: {
    readonly before: number;
    readonly now: number;
    /** All of them, and not those alone that are called what the run explains. */
    readonly isOfAll: boolean;
    /** How many are called that; null where the run explains all images. */
    readonly called: number | null;
  };
  /** Ids of the concepts that drift, the clearest first. */
  readonly drifted: readonly string[];
  /** Fewer on a side tell nothing. */
  readonly fewest: number;
  readonly falseDiscoveryRate: number;
  /** What no concept explains of the run's own images at most; null where those are too few to tell. */
  readonly mostRest: number | null;
  /** Images of the run that this was seen in. */
  readonly restImages: number;
  /** Images with more than that. */
  readonly unknown: number;
  /** The first files that were left out, and how many there are. */
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
}

/** Which of the images, in which order; amounts and contributions are those of `concept`. */
export interface ScoredQuery extends RunKey {
  readonly id: string;
  readonly offset: number;
  readonly limit: number;
  readonly concept: string;
  readonly sort: 'file' | 'predicted' | 'score' | 'rest' | 'amount' | 'contribution';
  readonly descending: boolean;
  /** Only those of which the concepts leave more than of any image of the run. */
  readonly isUnknown: boolean;
}

/** One of the images. */
export interface ScoredRow {
  readonly index: number;
  readonly fileName: string;
  readonly folder: string;
  readonly picture: PictureId;
  readonly predicted: ClassScore;
  /** Does the model answer what the run explains? */
  readonly isExplained: boolean;
  readonly score: number;
  /** Share of the activations that no concept explains. */
  readonly rest: number;
  /** Null where that is not known. */
  readonly isUnknown: boolean | null;
  readonly amount: number;
  readonly contribution: number;
}

/** Some of the images. */
export interface ScoredPage {
  readonly total: number;
  readonly rows: readonly ScoredRow[];
}

/** One image with everything that is known of it. */
export interface ScoredDetail extends ScoredRow {
  readonly path: string;
  /** The score of what the concepts rebuild. */
  readonly ofConcepts: number;
  /** By the ids of concepts. */
  readonly amounts: Readonly<Record<string, number>>;
  readonly contributions: Readonly<Record<string, number>>;
}

/** What a view may ask about new images. */
export interface NewImagesApi {
  /** The system's dialog for a folder; none when it is closed. */
  chooseNewImages(): Promise<readonly string[]>;
  /** Looks for the concepts of a finished run in other images; long work of the kind `new-images`. */
  scoreImages(query: RunKey & { readonly paths: readonly string[] }): Promise<ScoredImages>;
  /** The last result for a run, else null. */
  getScored(query: RunKey): Promise<ScoredImages | null>;
  listScored(query: ScoredQuery): Promise<ScoredPage>;
  getScoredImage(query: RunKey & { readonly id: string; readonly index: number }): Promise<ScoredDetail>;
  /** A table of all of them as CSV. */
  saveScored(query: RunKey & { readonly id: string }): Promise<SavedReport>;
}
