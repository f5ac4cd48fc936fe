import type { OverviewBank } from '../../concepts/whole-model.ts';
import type { OverviewConcept } from '../../concepts/class-overview.ts';
import type { CropRef, Estimate } from '../../concepts/explanation.ts';
import type { PairCount } from '../../metrics/confusion-matrix.ts';
import type { HitRate } from '../../metrics/hit-rate.ts';
import type { TrustLevel } from '../../metrics/trust.ts';
import type { ShareEstimate } from '../../metrics/wilson.ts';
import type { ShortcutInWords } from '../shortcuts-in-words.ts';

/** Share of the images in the folder of a class that the model calls so. */
export type RightShare = ShareEstimate & { readonly images: number };

/** One class of the overview. */
export interface OverviewClass {
  readonly index: number;
  readonly name: string;
  readonly runId: string;
  /** Images that are explained. */
  readonly images: number;
  /** Share of the images in its folder that the model calls so; absent where no folder names it. */
  readonly right?: RightShare;
  /** What no concept explains; absent where that was not weighed. */
  readonly rest?: Estimate;
  readonly grade: TrustLevel;
  readonly headline: string;
  readonly shortcuts: readonly ShortcutInWords[];
  /** The explained images, by their place. */
  readonly files: readonly string[];
  /** Strongest places of each concept in them, by id. */
  readonly crops: ReadonlyMap<string, readonly CropRef[]>;
}

/** Where a concept can be seen: in a run, and its strongest places there. */
export interface ConceptCover {
  readonly runId: string;
  readonly crops: readonly CropRef[];
}

/** A concept of the overview, with the class that shows it best. */
export interface PicturedConcept extends OverviewConcept {
  readonly cover: ConceptCover;
}

/** Images of one class that the model calls another. */
export interface ConfusedPair extends PairCount {
  /** Share of the images of the true class. */
  readonly share: ShareEstimate;
  /** Concepts that count for both, that which counts most for the weaker one first; absent where one is not explained. */
  readonly shared?: readonly string[];
}

/** What is known of a whole model by runs that explain its classes with one bank. */
export interface ModelOverview {
  readonly bank: OverviewBank;
  /** Every bank that could be looked at, the one used last first. */
  readonly banks: readonly OverviewBank[];
  /** Of all classes of the model, by index. */
  readonly names: readonly string[];
  /** Those that rest on the same concepts beside each other. */
  readonly classes: readonly OverviewClass[];
  /** Classes that folders name and that are not explained. */
  readonly unexplained: readonly { readonly index: number; readonly right: RightShare }[];
  /** `importance` in the order of `classes`. */
  readonly concepts: readonly PicturedConcept[];
  /** Of all concepts of the bank, also those that count for no class, by id. */
  readonly conceptNames: Readonly<Record<string, string>>;
  /** Ids of concepts that are left out since a person hid them. */
  readonly hidden: readonly string[];
  /** Groups that are merged but not computed for these classes, and therefore shown by themselves in all. */
  readonly apart: readonly { readonly group: readonly string[]; readonly classes: readonly number[] }[];
  /** Over all images that were given. */
  readonly answers: HitRate;
  /** The most frequent first. */
  readonly confused: readonly ConfusedPair[];
  /** Classes that are predicted often enough to be explained and are not. */
  readonly left: readonly { readonly index: number; readonly images: number }[];
}
