import type {
  Explanation,
  Box,
  Estimate,
  LayerRecord,
  Reconstruction,
  SkippedFile,
  Transparency,
} from '../../core/concepts/explanation.ts';
import type { DeviceName } from '../../core/platform.ts';
import type { ScoreFacts } from '../../core/wording/score-words.ts';
import type { ClassName } from './ablation-data.ts';
import type { ClassScore, PictureId } from './app-data.ts';
import type { PointedImage, ShortcutItem } from './evaluation-data.ts';
import type { RunKey, RunSummary } from './run-data.ts';

/*
 * Plain data that crosses from the workbench to its views: what a run found, images, reports. See contract.ts.
 */

/** A concept by name. */
export interface NamedConcept {
  readonly id: string;
  readonly name: string;
}

/** How a concept moves with the sample of images, and the pictures that it rests on. */
interface ConceptBasisItem {
  /** Expected cosine with the same concept from another sample. */
  readonly cosine: number;
  /** 95 % interval of its importance, its own movement included. */
  readonly importance: { readonly low: number; readonly high: number };
  readonly isRefitted: boolean;
  /** The strongest first, each with its share of the movement. */
  readonly images: readonly (PointedImage & { readonly share: number })[];
}

/** A concept of a run, or merged ones, with what a person made of it. */
export interface ConceptItem {
  readonly id: string;
  readonly name: string;
  /** The name that the run gave. */
  readonly givenName: string;
  readonly rank: number;
  readonly importance: Estimate;
  /** Concepts that share a number cannot be told apart by importance. */
  readonly tier: number;
  /** By how much the score falls without it, mean over images; null where that is not known. */
  readonly effect: number | null;
  /** 0…1 */
  readonly prevalence: number;
  /** Agreement over repetitions, 0…1; null where it was not evaluated, and of merged concepts. */
  readonly reliability: number | null;
  /** Shortcuts that it carries. */
  readonly shortcuts: readonly ShortcutItem[];
  /** How it moves with the sample of images; null where reliability is, and in runs from before it was looked at. */
  readonly basis: ConceptBasisItem | null;
  readonly isHidden: boolean;
  /** The concepts that were merged into it, itself first; empty when it stands alone. */
  readonly group: readonly NamedConcept[];
  readonly comment: string;
  /** The strongest crops. */
  readonly cover: readonly PictureId[];
  /** Strongest coefficient in each image of the run, by image. */
  readonly strengths: readonly number[];
}

/** What a finished run found out, with what a person made of it. */
export interface RunResult {
  readonly run: RunSummary;
  readonly className: string;
  /** The number behind it, and how the model decides, for wording; a run of before that was recorded is of a class. */
  readonly score: ScoreFacts;
  readonly layer: LayerRecord;
  readonly images: number;
  /** Most important first. */
  readonly concepts: readonly ConceptItem[];
  /** Groups that were merged, but never computed together: each of their concepts is among `concepts`. */
  readonly uncomputed: readonly (readonly NamedConcept[])[];
  readonly reconstruction: Reconstruction;
  readonly factorization: Explanation['factorization'];
  readonly importance: {
    readonly design: string;
    readonly samples: number;
    readonly replicates: number;
    readonly method: 'sampled' | 'exact';
  };
  /** Share of the movement that involves what no concept explains; null where it was not weighed. */
  readonly rest: Estimate | null;
  readonly device: { readonly used: DeviceName; readonly fallbackReasons: readonly string[] };
  /** Share of images in which two concepts are present together, [r][r] in the order of `concepts`. */
  readonly cooccurrence: readonly (readonly number[])[];
  readonly skipped: readonly SkippedFile[];
  /** Null where every pixel of every image was opaque. */
  readonly transparent: Transparency | null;
  /** How the preprocessing came about; null in a run of an earlier version. */
  readonly preprocessing: { readonly source: string; readonly reason: string } | null;
  /** What undo and redo would do, for people; null when there is nothing. */
  readonly undo: string | null;
  readonly redo: string | null;
}

/** An edit of what a person made of the concepts. */
export type ConceptEdit =
  | { readonly kind: 'rename'; readonly concept: string; readonly name: string }
  | { readonly kind: 'hide' | 'show'; readonly concept: string }
  /** The first stands for the others; the same again computes what is not known of them together. */
  | { readonly kind: 'merge'; readonly concepts: readonly string[] }
  /** Shows the concepts of a merge by themselves again; of a member that is not the first, that one alone. */
  | { readonly kind: 'unmerge'; readonly concept: string }
  /** Takes the parts of a concept out of sight, or shows them again. */
  | { readonly kind: 'hide-parts' | 'show-parts'; readonly concept: string }
  | { readonly kind: 'comment'; readonly concept: string; readonly text: string };

/** A page of the places where a concept is. */
export interface CropQuery extends RunKey {
  readonly concept: string;
  /** `effect`: how far the class logit falls without the concept in that image. @default 'coefficient' */
  readonly sort?: 'coefficient' | 'effect';
  /** Every place of the concept, or the strongest of each image. @default 'all' */
  readonly places?: 'all' | 'strongest';
  /** Those of these images alone, by index. */
  readonly only?: readonly number[];
  readonly offset: number;
  readonly limit: number;
}

/** A place in an image where a concept is. */
export interface CropItem {
  /** Index of the image in the run. */
  readonly image: number;
  readonly box: Box;
  readonly coefficient: number;
  /** Fall of the class logit without the concept in this image; null until it is asked for by `sort: 'effect'`. */
  readonly effect: number | null;
  readonly crop: PictureId;
  /** The whole picture with the crop outlined. */
  readonly context: PictureId;
  /** The whole picture under the concept's map; null where the layer has no grid. */
  readonly map: PictureId | null;
}

/** Some of the places where a concept is. */
export interface CropPage {
  readonly total: number;
  readonly crops: readonly CropItem[];
}

/** An image that a run was given, in a list. */
export interface RunImage {
  readonly image: number;
  readonly fileName: string;
  /** Name of the folder in which it lies. */
  readonly folder: string;
  readonly picture: PictureId;
  readonly predicted: ClassScore;
  /** The class that comes next; null where that was not kept. */
  readonly runnerUp: ClassScore | null;
  /** The class that its folder names; null where it names none. */
  readonly expected: ClassName | null;
  /** False for one that was only asked what it is. */
  readonly isExplained: boolean;
  /** Do the concepts lead to the model's answer? Null where nobody has looked. */
  readonly agrees: boolean | null;
  /** What became of its file since the run, as far as that is known. */
  readonly change: 'changed' | 'missing' | null;
}

/** Where a concept is in one image. */
export interface ConceptMap {
  readonly concept: string;
  readonly grid: readonly [rows: number, columns: number];
  /** Row-major over the grid; units of the method. */
  readonly values: readonly number[];
}

/** How much of an own concept is where in an explained image, on the layer's grid. */
export interface OwnConceptMap extends ConceptMap {
  readonly name: string;
  /** Largest amount in any explained image: the bright end of its scale. */
  readonly maximum: number;
  /** Total index in this image. */
  readonly importance: number;
}

/** From the logit without any concept to the model's own. `baseline + Σ steps + unexplained = logit`. */
export interface Waterfall {
  readonly baseline: number;
  /** Concepts added one after another, the most important of the class first. */
  readonly steps: readonly { readonly concept: string; readonly change: number }[];
  /** What the concepts do not reproduce. */
  readonly unexplained: number;
  readonly logit: number;
}

/** A way to draw where concepts are. */
export interface MapMethod {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** An image that a run was given, explained or not, with the maps of the run's concepts. */
export interface ImageDetail {
  readonly image: number;
  readonly fileName: string;
  readonly path: string;
  /** The square that the model sees. */
  readonly picture: PictureId;
  /** Side of that square in pixels of the model's input: the unit of boxes. */
  readonly side: number;
  readonly predicted: ClassScore;
  readonly runnerUp: ClassScore | null;
  /** The class that its folder names; null where it names none. */
  readonly expected: ClassName | null;
  readonly isExplained: boolean;
  readonly logit: number;
  readonly reconstructedLogit: number;
  readonly agrees: boolean;
  readonly method: string;
  readonly methods: readonly MapMethod[];
  /** Why the usual method could not draw, where none was asked for and another stands in; null otherwise. */
  readonly standInReason: string | null;
  /** One a concept in order of rank; empty where the layer has no grid. */
  readonly maps: readonly ConceptMap[];
  /** Bright end of the colour scale that the maps share. */
  readonly scaleMaximum: number;
  /** Which maps share it: those of every image, or those of this one. */
  readonly scaleOf: 'run' | 'image';
  /** Sobol total index of each concept in this image, by id. */
  readonly localImportance: Readonly<Record<string, number>>;
  /** Own concepts, whatever the method; none in images that are not explained. */
  readonly own: readonly OwnConceptMap[];
}
