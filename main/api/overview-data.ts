import type { Estimate } from '../../core/concepts/explanation.ts';
import type { FirstLook, OverviewBank } from '../../core/concepts/whole-model.ts';
import type { TrustLevel } from '../../core/metrics/trust.ts';
import type { ShareEstimate } from '../../core/metrics/wilson.ts';
import type { PictureId } from './app-data.ts';
import type { NamedClass, PointedImage, ShortcutItem } from './evaluation-data.ts';
import type { SavedReport } from './report-data.ts';
import type { ProjectKey, RunKey, RunState } from './run-data.ts';

/*
 * Plain data that crosses from the workbench to its views: a whole model by the runs that explain its classes with one
 * bank, and why it says one class rather than another. See contract.ts.
 */

export type { FirstLook, OverviewBank };

/** One class of the overview. */
export interface OverviewClassItem extends NamedClass {
  readonly runId: string;
  /** Images that are explained. */
  readonly images: number;
  /** Of the images in its folder; null where no folder names it. */
  readonly right: (ShareEstimate & { readonly images: number }) | null;
  readonly rest: Estimate | null;
  readonly grade: TrustLevel;
  readonly headline: string;
  readonly shortcuts: readonly (ShortcutItem & { readonly concept: string })[];
}

/** One concept of the overview. */
export interface OverviewConceptItem {
  readonly id: string;
  readonly name: string;
  /** In the order of the classes. */
  readonly importance: readonly Estimate[];
  /** Indices of the classes for which it counts, the one for which it counts most first. */
  readonly countsFor: readonly number[];
  readonly cover: readonly PictureId[];
}

/** Images of one class that the model calls another. */
export interface ConfusedPairItem {
  readonly truth: NamedClass;
  readonly predicted: NamedClass;
  readonly count: number;
  readonly images: number;
  readonly share: ShareEstimate;
  /** Concepts that count for both; null where one of the classes is not explained. */
  readonly shared: readonly string[] | null;
}

/** What deserves a look, in words, and where it is seen: one thing, or the same in several classes, the gravest first. */
export interface LookItem {
  readonly looks: readonly FirstLook[];
  readonly title: string;
  readonly text: string;
  /** The class of each of several looks, with its figure; empty where there is one. */
  readonly members: readonly { readonly name: string; readonly figure: string }[];
}

/** A whole model. */
export interface OverviewView {
  readonly project: ProjectKey;
  readonly bank: OverviewBank;
  readonly banks: readonly OverviewBank[];
  /** The first sentence. */
  readonly lead: string;
  readonly classes: readonly OverviewClassItem[];
  readonly concepts: readonly OverviewConceptItem[];
  readonly hidden: number;
  /** What is said of groups that are merged, but shown by themselves. */
  readonly apart: readonly string[];
  readonly answers: { readonly known: number; readonly hits: number };
  /** The most frequent, and how many there are in all. */
  readonly confused: readonly ConfusedPairItem[];
  readonly confusedCount: number;
  /** Classes that could be explained and are not. */
  readonly left: readonly (NamedClass & { readonly images: number })[];
  readonly looks: readonly LookItem[];
}

/** What concepts do for the lead of one class over another, in images of one kind. */
export interface PairGroupItem {
  /** Images that were looked at, and how many there are. */
  readonly images: number;
  readonly of: number;
  readonly lead: Estimate;
  readonly pictures: readonly PointedImage[];
}

/** The part of one concept, in images of each kind; null where there are none. */
export interface PairPart {
  /** Id, or `rest` for what no concept explains. */
  readonly concept: string;
  readonly name: string;
  readonly mistakes: Estimate | null;
  readonly truth: Estimate | null;
  readonly predicted: Estimate | null;
  /** Its part of the lead in the mistakes, as a share of the whole; null without mistakes, or where the lead is nothing. */
  readonly share: number | null;
  /** Where it is strongest in images of either class. */
  readonly covers: { readonly truth: readonly PictureId[]; readonly predicted: readonly PictureId[] };
}

/** Why B rather than A. */
export interface PairView {
  readonly project: ProjectKey;
  /** The run whose images these are. */
  readonly runId: string;
  readonly truth: NamedClass;
  readonly predicted: NamedClass;
  readonly groups: {
    readonly mistakes: PairGroupItem | null;
    readonly truth: PairGroupItem | null;
    readonly predicted: PairGroupItem | null;
  };
  /** That which does most in the mistakes, or sets them apart most from right images of their class, first. */
  readonly parts: readonly PairPart[];
  /** What sets the mistakes apart from right images of their class, in a sentence; empty where nothing does. */
  readonly gap: string;
  readonly change: {
    readonly concepts: readonly string[];
    readonly factor: number;
    readonly turned: number;
    readonly broken: number;
    readonly text: string;
  } | null;
}

/** The methods of the contract about a whole model. */
export interface OverviewApi {
  /** By the bank that was used last unless one is named; null where no finished run has a bank of several classes. */
  getOverview(query: { readonly project: ProjectKey; readonly bank?: string }): Promise<OverviewView | null>;
  /** Why the model says `predicted` of images of `truth`; long work of the kind `pair`. */
  explainPair(query: {
    readonly project: ProjectKey;
    readonly bank: string;
    readonly truth: number;
    readonly predicted: number;
  }): Promise<PairView>;
  /**
   * Explains every class that the model predicts for enough images, one after the other, with concepts of all of them: as
   * the setup says, but for the class. `like`: as that run was made, and only the classes that its `bank` does not explain.
   */
  explainEveryClass(query: { readonly like?: RunKey & { readonly bank: string } }): Promise<RunState>;
  /** Computes what is missing of merged concepts for the classes of a bank; long work of the kind `merge`. */
  computeBankMerges(query: {
    readonly project: ProjectKey;
    readonly bank: string;
  }): Promise<OverviewView | null>;
  /** Writes the report of the whole model. */
  saveOverview(query: { readonly project: ProjectKey; readonly bank: string }): Promise<SavedReport>;
}
