import type { Box, Estimate } from '../../core/concepts/explanation.ts';
import type { OwnConceptFacts } from '../../core/wording/own-concept-words.ts';
import type { PictureId } from './app-data.ts';
import type { RunKey } from './run-data.ts';

/*
 * Concepts that a person gives by examples, as they cross from the workbench to its views. See contract.ts.
 */

/** A concept of a person's own, beside those that a run found. */
export interface OwnConceptItem extends OwnConceptFacts {
  /** "own-1": its crops are listed by it, as those of a found one. */
  readonly id: string;
  readonly name: string;
  readonly importance: Estimate;
  /** By how much the score falls without it, mean over images; null where nothing moves the score. */
  readonly effect: number | null;
  readonly prevalence: number;
  /** What a person wrote of it. */
  readonly comment: string;
  readonly isHidden: boolean;
  /** The name that it was made with, where a person gave it another. */
  readonly givenName: string;
  /** The strongest crops. */
  readonly cover: readonly PictureId[];
}

/** The own concepts of a run, in the order in which they were made. */
export interface OwnConceptList {
  readonly concepts: readonly OwnConceptItem[];
  /** Those of the run's bank, made in other runs of it, of which it is not known what they are in this one. */
  readonly pending: readonly { readonly id: string; readonly name: string; readonly madeIn: string }[];
}

/** What shows an own concept: one of the three; an empty list counts as none. */
export interface OwnExamples {
  /** Explained images, by their index in the run. */
  readonly images?: readonly number[];
  /** Parts of them. */
  readonly crops?: readonly { readonly image: number; readonly box: Box }[];
  /** A folder of pictures. */
  readonly folder?: string;
}

/** An own concept to make. */
export interface OwnConceptQuery extends RunKey {
  readonly name: string;
  readonly examples: OwnExamples;
  /** A folder of pictures that do not show it. @default other images of the run */
  readonly against?: string;
}

/** A crop that the layer sees like another. */
export interface AlikeCrop {
  readonly image: number;
  readonly box: Box;
  /** Cosine of the activations. */
  readonly similarity: number;
  readonly crop: PictureId;
  readonly context: PictureId;
}

/** Questions about own concepts. */
export interface OwnApi {
  listOwnConcepts(run: RunKey): Promise<OwnConceptList>;
  /** Long work of the kind `own-concept`; all of the run's own concepts, the new one last. */
  makeOwnConcept(query: OwnConceptQuery): Promise<OwnConceptList>;
  /** Computes for a run what an own concept of its bank is in it; long work of the kind `own-concept`. */
  computeOwnConcept(query: RunKey & { readonly concept: string }): Promise<OwnConceptList>;
  /** Takes one away, or puts it back; in all runs of the bank. */
  showOwnConcept(
    query: RunKey & { readonly concept: string; readonly isShown: boolean },
  ): Promise<OwnConceptList>;
  /** A folder by the system's dialog; null when it is closed. */
  chooseConceptFolder(): Promise<string | null>;
  /** Long work of the kind `alike`: of every explained image the crop that is most like one, the most alike first. */
  findAlikeCrops(
    query: RunKey & { readonly image: number; readonly box: Box; readonly limit: number },
  ): Promise<readonly AlikeCrop[]>;
}
