import type { SkippedFile } from '../../core/concepts/explanation.ts';
import type { ShiftFound } from '../../core/images/label-shift.ts';
import type { Task } from '../../core/score/model-scores.ts';
import type { ClassName } from './ablation-data.ts';
import type { ClassScore, PictureId, SerializedError } from './app-data.ts';

/*
 * Plain data that helps to set up a run: what the model says of the pictures, the table of them, what a run would take.
 * See contract.ts.
 */

/** What the model says of a handful of pictures under a preprocessing. */
export interface Preview {
  readonly pictures: readonly {
    /** As the model gets it: fitted and cut. */
    readonly picture: PictureId;
    readonly fileName: string;
    readonly folder: string;
    /** The likeliest classes, at most five. */
    readonly top: readonly ClassScore[];
    /** The class its folder names; null where none fits. */
    readonly expected: number | null;
  }[];
  /** Folders named like a class, with how often the model says so. */
  readonly folders: readonly {
    readonly name: string;
    readonly className: string;
    readonly shown: number;
    readonly hits: number;
  }[];
  /** Hits over all pictures whose folder names a class, 0…1; null where none does. */
  readonly hitRate: number | null;
  /** Mean of the largest probability, 0…1. */
  readonly confidence: number;
  /** The names of classes fit better when they are moved by one; null where they do not. */
  readonly labelShift: ShiftFound | null;
  /** What raw scores look like that should be none: "probabilities". */
  readonly looksLike: string | null;
  readonly skipped: readonly SkippedFile[];
}

/** What one output, read as one task, says of a few pictures. */
export interface OutputTrial {
  readonly output: string;
  readonly task: Task;
  /** Of a number, in which unit, where that is known. */
  readonly unit: string | null;
  readonly pictures: readonly {
    readonly picture: PictureId;
    readonly fileName: string;
    /** The likeliest classes, at most three, or the value. */
    readonly top: readonly ClassScore[];
  }[];
  /** Why it could not be tried; null where it could. */
  readonly problem: SerializedError | null;
}

/** How well the model does with one preprocessing on a few pictures. */
export interface PreprocessingTrial {
  /** "as found" for what is in use, where it is no preset. */
  readonly preset: string;
  /** Right answers over the pictures whose folder names a class, 0…1; null where none does. */
  readonly hitRate: number | null;
  /** Mean of the largest probability, 0…1. */
  readonly confidence: number;
  /** The one to take by these pictures: the first; none where folders name fewer than two classes. */
  readonly proposed: boolean;
}

/** What the model predicts for all images, or for those that it was asked about so far. */
export interface ClassCounts {
  /** What was asked, see `Setup.asked`. */
  readonly asked: string;
  /** Number of images, those included that are still to come. */
  readonly of: number;
  /**
   * Classes predicted at least once: the most frequent first, or as they came while images are still to come. Of a model
   * of two sides or of labels everything that can be asked for, in its order.
   */
  readonly classes: readonly {
    readonly index: number;
    readonly name: string;
    /** Null where it is not known before a run: how many pictures are like a reference. */
    readonly count: number | null;
    /** Null where there is none. */
    readonly picture: PictureId | null;
  }[];
  /** Images that the model was asked about. */
  readonly images: number;
  readonly skipped: readonly SkippedFile[];
}

/** A page of the pictures of a setup, sorted and filtered. */
export interface ImageTableQuery {
  readonly offset: number;
  readonly limit: number;
  /** @default 'path' */
  readonly sort?: 'path' | 'folder' | 'bytes' | 'predicted' | 'figure';
  readonly descending?: boolean;
  /** Part of a path. */
  readonly filter?: string;
}

/** A page of the image table; predictions are null before {@link WorkbenchApi.predictAll}. */
export interface ImageTable {
  readonly total: number;
  readonly rows: readonly {
    /** Position in the scan. */
    readonly index: number;
    readonly picture: PictureId;
    readonly fileName: string;
    readonly folder: string;
    readonly bytes: number;
    readonly predicted: ClassScore | null;
    /** The class that its folder names; null where none fits. */
    readonly expected: ClassName | null;
    /** Why it is left out; null when it is used. */
    readonly reason: string | null;
  }[];
}

/** What a run would take. */
export interface RunEstimate {
  /** Null before anything was measured on this machine with this model. */
  readonly seconds: { readonly low: number; readonly high: number } | null;
  readonly memoryBytes: number;
  readonly images: number;
  /** Rows of the activation matrix. */
  readonly rows: number;
  readonly channels: number;
  /** How the figures came about, a sentence. */
  readonly basis: string;
}
