import type { AgainstRandom } from '../../metrics/random-sets.ts';
import type { ShareEstimate } from '../../metrics/wilson.ts';
import type { Box, ConceptRemoval, CropRef, Estimate } from '../explanation.ts';

/** A picture, or a part of it, that shows an own concept. */
export interface OwnExample {
  readonly file: string;
  readonly sha256: string;
  /** Absent of whole pictures. */
  readonly box?: Box;
}

/** A concept that a person gave by examples, with what became of it in a run. */
export interface OwnConcept {
  /** "own-1", "own-2", …; never that of a concept that the run found. */
  readonly id: string;
  readonly name: string;
  /** The run that it was made in, of those that have its bank; absent of versions that kept it with that run alone. */
  readonly madeIn?: string;
  readonly examples: readonly OwnExample[];
  /** Where the examples come from: pictures of the run, or a folder. */
  readonly folder?: string;
  /** Pictures that do not show it: of the run (those of the explained class, or all that it was given), or of a folder. */
  readonly others: {
    readonly count: number;
    readonly from: 'explained' | 'given' | 'folder';
    readonly folder?: string;
  };
  /** How often a probe tells examples from others, on pictures that it has not seen; random sets are told apart so often. */
  readonly accuracy: ShareEstimate & AgainstRandom;
  /** Random sets that it was compared with. */
  readonly sets: number;
  /** Share of the explained images whose score rises along the direction; absent where the model has no gradients there. */
  readonly tcav?: ShareEstimate & AgainstRandom;
  /** Is the model linear from the layer on? Every direction then has a TCAV score of 0 or 1. */
  readonly isLinear: boolean;
  /** Total index beside the concepts of the run, see own-game.ts. */
  readonly importance: Estimate;
  /** By how much the model's own score falls when it is taken out, mean over images; absent where nothing moves the score. */
  readonly effect?: number;
  /** Total index of what neither it nor a concept of the run explains; absent where nothing moves the score. */
  readonly rest?: Estimate;
  /** Share of the explained images in which it is present. */
  readonly prevalence: number;
  readonly flips: ConceptRemoval['flips'];
  readonly overlap: OwnOverlap;
  /** Where it is strongest in the explained images, at most one place an image. */
  readonly crops: readonly CropRef[];
}

/** What an own concept is, whatever run of its bank it is looked for in. */
export type OwnDefinition = Pick<
  OwnConcept,
  'name' | 'madeIn' | 'examples' | 'folder' | 'others' | 'accuracy' | 'sets'
>;

/** What an own concept has in common with those that the run found. */
export interface OwnOverlap {
  /** The found concept of the most similar direction, with the cosine; absent where no direction has a length. */
  readonly nearest?: { readonly concept: string; readonly cosine: number };
  /** Share of the direction's squared length that lies within the span of the found directions, 0 … 1. */
  readonly spanned: number;
  /** Total index of each found concept once the own one takes its part first, in the order of the run. */
  readonly found: readonly { readonly concept: string; readonly importance: Estimate }[];
}

/** The direction of an own concept, and how much of it is where. */
export interface OwnTensors {
  /** [p], of unit length. */
  readonly direction: Float32Array;
  /** Product of an activation with the direction from which on the concept is there. */
  readonly border: number;
  /** Mean product of the pictures without it. */
  readonly usual: number;
  /** [positions] of each explained image. */
  readonly amounts: readonly Float32Array[];
  /** Total index in each explained image. */
  readonly imageImportance: Float64Array;
}

/** An own concept with its arrays. */
export interface StoredOwnConcept {
  readonly concept: OwnConcept;
  readonly tensors: OwnTensors;
}
