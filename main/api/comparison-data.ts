import type { Estimate } from '../../core/concepts/explanation.ts';
import type {
  DecisionTurn,
  FigureChange,
  MatchedBy,
  MatchStatus,
} from '../../core/wording/comparison-words.ts';
import type { ClassScore, PictureId } from './app-data.ts';
import type { SavedReport } from './report-data.ts';
import type { ProjectKey, RunKey, RunSummary } from './run-data.ts';

/*
 * Plain data that crosses from the workbench to its views: two runs side by side. See contract.ts.
 */

export type { DecisionTurn, FigureChange, MatchedBy, MatchStatus };

/** A project whose finished runs can be compared. */
export interface ComparableProject {
  readonly key: ProjectKey;
  readonly folder: string;
  readonly name: string;
  readonly modelName: string;
  readonly isOpen: boolean;
  /** The finished ones, newest first; none where the project cannot be read. */
  readonly runs: readonly RunSummary[];
  readonly problem: string | null;
}

/** Two runs to compare: what B is over A. */
export interface ComparedPair {
  readonly a: RunKey;
  readonly b: RunKey;
}

/** What there is to choose from, the open project first, and the two that are likely meant. */
export interface ComparableRuns {
  readonly projects: readonly ComparableProject[];
  readonly proposal: ComparedPair | null;
}

/** A concept of a compared run; a concept's place in the list names it in {@link RunComparison}. */
export interface ComparedConceptItem {
  readonly id: string;
  readonly name: string;
  readonly importance: Estimate;
  readonly prevalence: number;
  /** Where it is strongest. */
  readonly crops: readonly PictureId[];
}

/** One of two runs. */
export interface ComparedRunView extends RunKey {
  readonly folder: string;
  readonly projectName: string;
  readonly runName: string | null;
  readonly modelName: string;
  readonly className: string;
  readonly layer: string;
  readonly images: number;
  readonly concepts: readonly ComparedConceptItem[];
}

/** Two concepts that correspond, by their places, with the same images under the map of each. */
export interface MatchedConcepts {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
  readonly status: MatchStatus;
  /** Mean total index in either run. */
  readonly importance: FigureChange;
  /** Share of images in which it is present. */
  readonly prevalence: FigureChange;
  readonly maps: { readonly a: readonly PictureId[]; readonly b: readonly PictureId[] };
}

/** A concept without a match, by its place, and what is nearest to it in the other run. */
export interface UnmatchedConcept {
  readonly concept: number;
  readonly nearest: { readonly concept: number; readonly similarity: number } | null;
  /** Two here are one there. */
  readonly isSecond: boolean;
}

/** What a concept has to do with a decision that changed. */
export interface ChangedCause {
  readonly run: 'a' | 'b';
  readonly concept: number;
  readonly weight: number;
  readonly other?: number;
  readonly without?: string;
}

/** An image that the two models decide otherwise. */
export interface ChangedDecision {
  readonly fileName: string;
  /** Its number in either run. */
  readonly imageA: number;
  readonly imageB: number;
  readonly picture: PictureId;
  readonly a: ClassScore;
  readonly b: ClassScore;
  /** Null where its folder names no answer. */
  readonly turn: DecisionTurn | null;
  readonly concepts: readonly ChangedCause[];
}

/** Decisions of two models about the images that both were given. */
export interface ComparedDecisions {
  readonly images: number;
  readonly agree: number;
  readonly changed: readonly ChangedDecision[];
  /** Changed ones that are not listed. */
  readonly more: number;
  /** What became of all of them, in words; empty where folders name no answers. */
  readonly turns: string;
}

/** Two runs side by side. */
export interface RunComparison {
  readonly a: ComparedRunView;
  readonly b: ComparedRunView;
  /** Explained images of either run and of both, and how those of both were told. */
  readonly images: {
    readonly a: number;
    readonly b: number;
    readonly common: number;
    readonly pairedBy: 'content' | 'path';
  };
  /** Are the figures over the images in common? */
  readonly isPaired: boolean;
  /** Do all intervals hold how far concepts would move with other images? */
  readonly coversMovement: boolean;
  /** What changed, in one paragraph. */
  readonly lead: string;
  /** Null where nothing tells which concepts are the same. */
  readonly matchedBy: MatchedBy | null;
  readonly matches: readonly MatchedConcepts[];
  readonly onlyA: readonly UnmatchedConcept[];
  readonly onlyB: readonly UnmatchedConcept[];
  /** Or why they are not compared. */
  readonly decisions: ComparedDecisions | { readonly reason: string };
}

/** What a view may ask about two runs. */
export interface ComparisonApi {
  /** Finished runs of the open project, of recent ones, and of those that were found since. */
  listComparable(): Promise<ComparableRuns>;
  /** Looks for projects in what was dropped or chosen, and lists their runs too. Rejects where there is none. */
  findComparable(query: { readonly paths: readonly string[] }): Promise<ComparableRuns>;
  /** The same by the system's dialog; as {@link listComparable} when it is closed. */
  chooseComparable(): Promise<ComparableRuns>;
  /** Long work of the kind `comparison`. */
  compareRuns(pair: ComparedPair): Promise<RunComparison>;
  /** The same as a page; long work of the kind `comparison-report`. */
  saveComparison(pair: ComparedPair): Promise<SavedReport>;
}
