import type { EditWay } from '../../core/editing/concept-edit.ts';
import type { EditedConcept, EditProof, ProofSet } from '../../core/editing/edit-proof.ts';
import type { MendedCounts } from '../../core/editing/edit-frontier.ts';
import type { RightCounts } from '../../core/editing/judged-decisions.ts';
import type { ConceptFactors } from './ablation-data.ts';
import type { PictureId } from './app-data.ts';
import type { SavedReport } from './report-data.ts';
import type { RunKey } from './run-data.ts';

/*
 * Plain data that crosses from the workbench to its views: models that concepts are taken out of. See contract.ts.
 */

export type { EditWay, MendedCounts, RightCounts };

/** Concepts at another layer than the run's, which a search found: rows of the bank there, and how much of each is left. */
export interface OtherConcepts {
  /** Tensor of the layer. */
  readonly layer: string;
  readonly rows: readonly number[];
  readonly factor: number;
}

/** What a person asks of an edit. */
export interface ModelEdit {
  /** How much of each concept is left, below 1, by its id. */
  readonly factors: ConceptFactors;
  /** In the place of the run's concepts: then `factors` are empty. */
  readonly others?: OtherConcepts;
  readonly how: EditWay;
  /** Of `remove`: share of the run's largest amount up to which a concept is left alone, 0…1. */
  readonly above?: number;
  /** Name of the only class whose score is edited; absent: all scores are. */
  readonly onlyClass?: string;
  /** Folders of images that the run was not given. */
  readonly heldOut: readonly string[];
  /** Columns of the project's table and marked objects: images with and without are counted by themselves, too. @default none */
  readonly by?: readonly string[];
}

/** A decision that an edit changed. */
export interface TurnedDecision {
  /** From wrong to right, from right to wrong, or otherwise. */
  readonly turn: 'fixed' | 'broken' | 'otherwise';
  readonly fileName: string;
  readonly picture: PictureId;
  /** Its place among the images of the run; null where it was held out. */
  readonly image: number | null;
  /** The class that the folder names; null where it names none. */
  readonly truth: string | null;
  readonly before: string;
  readonly after: string;
}

/** What an edit does on some images. */
export interface JudgedSet extends Pick<
  ProofSet,
  'kind' | 'images' | 'byClass' | 'byFolder' | 'sides' | 'scores' | 'known' | 'skipped'
> {
  /** Names of the folders. */
  readonly roots: readonly string[];
  /** Null where no folder names a class: right and wrong are not known. */
  readonly all: RightCounts | null;
  /** "fixes 41 of 53 mistakes, breaks 2 of 280 right answers"; null there too. */
  readonly verdict: string | null;
  /** Can the difference be chance? */
  readonly chance: string | null;
  /** See `mendsLittle`; false where nothing is known of mistakes. */
  readonly mendsLittle: boolean;
  readonly turned: readonly TurnedDecision[];
  /** Files that could not be read; the first of them are in `skipped`. */
  readonly skippedCount: number;
}

/** Where a search looks for edits. */
export interface EditSearchScope extends Pick<ModelEdit, 'heldOut'> {
  /** Also at other layers than the run's. */
  readonly allLayers: boolean;
}

/** An edited model that was made and tried; it is not saved yet. */
export interface EditTrial
  extends RunKey, Pick<EditProof, 'how' | 'check' | 'time' | 'alsoChanged' | 'notices'> {
  /** Names this trial. */
  readonly id: string;
  readonly modelName: string;
  readonly className: string;
  readonly concepts: readonly EditedConcept[];
  readonly above: number | null;
  readonly onlyClass: string | null;
  /** Images whose mean took the place of the amounts. */
  readonly without: EditProof['without'] | null;
  /** Does the model decide among classes? Of one that tells a number, only how that changes is known. */
  readonly isDecision: boolean;
  /** What was held out first, where anything was; then the run's. */
  readonly sets: readonly JudgedSet[];
  readonly bytes: number;
  /** Files that the model needs beside it. */
  readonly beside: readonly string[];
}

/** An edit that a search found, and what it does to either half of the images. */
export interface FoundModelEdit extends Pick<ModelEdit, 'factors' | 'others' | 'how'> {
  readonly tuning: MendedCounts;
  readonly test: MendedCounts;
}

/** What a search for the least change found. */
export interface EditFrontier {
  /** Images of each half whose folder names a class, and how many of them the model gets wrong. */
  readonly tuning: { readonly images: number; readonly wrong: number };
  /** No choice was made on these. */
  readonly test: { readonly images: number; readonly wrong: number };
  readonly tried: number;
  /** Tensors of the layers that were searched, the run's first. */
  readonly layers: readonly string[];
  /** Edits of which none mends more and breaks fewer than another, from the one that breaks fewest. */
  readonly frontier: readonly FoundModelEdit[];
  /** Place of the one to take; null where none mends more than it breaks. */
  readonly best: number | null;
}

/** What taking a concept out costs, over images of all classes; null where it cannot be taken out. */
export interface ConceptCostItem {
  readonly concept: string;
  readonly whole: MendedCounts | null;
  readonly half: MendedCounts | null;
  /** Taken out whole it breaks at most one right answer in a hundred; null where that is not known. */
  readonly isHarmless: boolean | null;
}

/** Costs of a run's concepts. */
export interface ConceptCostList {
  readonly images: number;
  /** How many of them the model gets right. */
  readonly right: number;
  readonly concepts: readonly ConceptCostItem[];
}

/** An audit package that was saved. */
export interface SavedPackage extends SavedReport {
  /** Why it has no monitor, in words. */
  readonly withoutMonitor: string | null;
}

/** What a view may ask about models that concepts are taken out of. */
export interface EditModelApi {
  /** Makes an edited model and judges it; long work of the kind `model-edit`. Nothing is written where people look. */
  tryEdit(query: RunKey & ModelEdit): Promise<EditTrial>;
  /** Writes what was tried as a model file; never over the original. */
  saveEdited(query: RunKey & { readonly id: string }): Promise<SavedReport>;
  /** Looks for the least edit that mends most; long work of the kind `edit-search`. */
  searchEdits(query: RunKey & EditSearchScope): Promise<EditFrontier>;
  /** Counts what each concept costs, on the run's images and those held out; long work of the kind `concept-costs`. */
  countConceptCosts(query: RunKey & Pick<ModelEdit, 'heldOut'>): Promise<ConceptCostList>;
  /** Writes all that is handed over of the run as one ZIP file, with the edited model where an edit is given; `package`. */
  savePackage(query: RunKey & { readonly edit: ModelEdit | null }): Promise<SavedPackage>;
  /** Writes what the edit does as one page. */
  saveEditPage(query: RunKey & { readonly id: string }): Promise<SavedReport>;
}
