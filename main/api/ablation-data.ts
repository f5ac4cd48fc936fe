import type { ClassScore, PictureId } from './app-data.ts';
import type { RunKey } from './run-data.ts';

/*
 * Plain data about "what if this concept were weaker, stronger or not there?" See contract.ts.
 *
 * A factor from 0 to 2 scales what there is of a concept; one that is not named counts as 1. What the concepts do not
 * explain of an image does not change, so that 1 everywhere is the model's own answer.
 */

/** Factor of each concept by id, and of what no concept explains by the name `rest`. */
export type ConceptFactors = Readonly<Record<string, number>>;

/** A class of the model. */
export interface ClassName {
  readonly index: number;
  readonly name: string;
}

/** What the model says of a class. */
interface ClassAnswer {
  readonly logit: number;
  /** 0…1; absent where the model tells none. */
  readonly probability?: number;
}

/** A class before and after the change. */
export interface ClassChange extends ClassName {
  readonly before: ClassAnswer;
  readonly after: ClassAnswer;
}

/** One image, its concepts scaled. */
export interface ImageAblation {
  /** The decision with the concepts as they are, and as they were asked for. */
  readonly before: ClassScore;
  readonly after: ClassScore;
  readonly changed: boolean;
  /** The leading classes of either, the most probable after the change first. */
  readonly classes: readonly ClassChange[];
  /** The class that the image's folder names. */
  readonly expected: ClassName | null;
}

/** The smallest change of an image's concepts that makes a class win. */
export interface ImageCounterfactual {
  /**
   * `already`: the class wins as it is. `not-possible`: proved. `not-found`: looked for without success.
   */
  readonly status: 'already' | 'found' | 'not-possible' | 'not-found';
  readonly target: ClassName;
  /** The concepts to change; where none was found, the change that came closest. */
  readonly factors: ConceptFactors;
  /** Σ |factor - 1| */
  readonly size: number;
  /** The image with these factors. */
  readonly image: ImageAblation;
}

/** An image of a run that the model decides otherwise when concepts are scaled. */
interface ChangedImage {
  readonly image: number;
  readonly fileName: string;
  readonly picture: PictureId;
  readonly before: ClassScore;
  readonly after: ClassScore;
}

/** All images of a run, their concepts scaled. */
export interface RunAblation {
  readonly images: number;
  /** How many are decided otherwise, and the first of them. */
  readonly changed: number;
  readonly flips: readonly ChangedImage[];
  /** How many went from which class to which, those that did not change included, the most frequent first. */
  readonly transitions: readonly {
    readonly before: ClassName;
    readonly after: ClassName;
    readonly count: number;
  }[];
}

/** How many images of a run are decided otherwise without a concept. */
export interface ConceptDependence {
  readonly concept: string;
  readonly changed: number;
  readonly images: number;
}

/** The methods of the contract about ablation. */
export interface AblationApi {
  ablateImage(
    query: RunKey & { readonly image: number; readonly factors: ConceptFactors },
  ): Promise<ImageAblation>;
  /** Without a target: the class of the folder where the model says another, else the explained one, else the runner-up. */
  findCounterfactual(
    query: RunKey & { readonly image: number; readonly target?: number },
  ): Promise<ImageCounterfactual>;
  ablateRun(query: RunKey & { readonly factors: ConceptFactors }): Promise<RunAblation>;
  /** In the order of the concepts, what no concept explains last (progress by the event `jobs` where it has to be computed). */
  getDependence(query: RunKey): Promise<readonly ConceptDependence[]>;
}
