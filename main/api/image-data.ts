import type { ConfusionMatrix, ConfusionRow } from '../../core/metrics/confusion-matrix.ts';
import type { ClassName } from './ablation-data.ts';
import type { RunImage } from './result-data.ts';
import type { RunKey } from './run-data.ts';

/*
 * Plain data about all images that a run was given, explained or not, and about its mistakes. See contract.ts.
 */

/** Images whose folder names one class, by what the model calls them. */
export type ConfusionLine = ConfusionRow<ClassName>;

/** What the model takes for what, where folders name classes. */
export type Confusion = ConfusionMatrix<ClassName>;

/** Some of the images that a run was given and could read. */
export interface RunImagesQuery extends RunKey {
  readonly offset: number;
  readonly limit: number;
}

/** A page of the images that a run was given and could read. */
export interface RunImages {
  /** The explained ones come first; `image` is the place among all. */
  readonly images: readonly RunImage[];
  /** How many there are in all. */
  readonly total: number;
  /** Of all of them; null but with the first. */
  readonly confusion: Confusion | null;
  /** Are those that were not explained among them? Not in a run of an earlier version, and not where that is damaged. */
  readonly others: 'kept' | 'not-kept' | 'damaged';
}

/** Why the model says what it says of an image and not another class. */
export interface WhyNot {
  readonly ahead: ClassName;
  readonly other: ClassName;
  /** Logit of the one over that of the other; of two sides of a value how far it is from the border. */
  readonly margin: number;
  /**
   * What the lead loses when the concept is taken out by itself, in logits, largest first: above 0 the concept speaks
   * for the class that is ahead, below 0 for the other.
   */
  readonly causes: readonly { readonly concept: string; readonly change: number }[];
}

/** How strong each concept is in each image of a run. */
export interface ImageStrengths {
  /** By place in {@link RunImages}, and by concept in order of rank; null for an image that can no longer be read. */
  readonly strengths: readonly (readonly number[] | null)[];
}

/** The methods of the contract about images of a run. */
export interface ImageApi {
  listRunImages(query: RunImagesQuery): Promise<RunImages>;
  getWhyNot(query: RunKey & { readonly image: number; readonly other: number }): Promise<WhyNot>;
  /** Looks for the concepts in the images that the run did not explain. */
  measureImages(query: RunKey): Promise<ImageStrengths>;
}
