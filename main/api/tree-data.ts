import type { Estimate, LayerRecord, Reconstruction } from '../../core/concepts/explanation.ts';
import type { PictureId } from './app-data.ts';
import type { RunKey } from './run-data.ts';

/*
 * Concepts and the parts that they were decomposed into, as they cross from the workbench to its views. See contract.ts.
 */

/** How a concept was decomposed, and how far its parts may be believed. */
export interface DecompositionFacts {
  readonly layer: LayerRecord;
  /** Asked for by a person, rather than found worth keeping. */
  readonly isChosen: boolean;
  readonly images: number;
  /** At `layer`, over the concept's places. */
  readonly reconstruction: Omit<Reconstruction, 'agreement'>;
  /** Of the concept's own coefficients. */
  readonly reproduction: Omit<Reconstruction, 'agreement'>;
  /** Cosine with the parts of half of the images, 0…1. */
  readonly stability: number;
  readonly importance: { readonly design: string; readonly samples: number; readonly replicates: number };
}

/** A concept of a run, or a part of one. */
export interface TreeItem {
  /** "c3", "c3-1", "c3-1-0". */
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  /** The name that the run gave. */
  readonly givenName: string;
  /** 0 for a concept of the run. */
  readonly depth: number;
  /** Rank of the concept of the run that it belongs to. */
  readonly rank: number;
  /** Of a concept for the class, of a part for its parent. */
  readonly importance: Estimate;
  /** Share of `images`. */
  readonly prevalence: number;
  /** In how many images it was looked for. */
  readonly images: number;
  /** The strongest crops. */
  readonly cover: readonly PictureId[];
  readonly layer: LayerRecord;
  /** Null where it was not decomposed. */
  readonly decomposition: DecompositionFacts | null;
  readonly parts: readonly string[];
}

/** Every concept of a run with its parts, each before its parts and the most important first. */
export interface ConceptTree extends RunKey {
  readonly items: readonly TreeItem[];
}

/** A layer at which a concept can be decomposed. */
export interface DecompositionLayer {
  readonly layer: LayerRecord;
  readonly isProposed: boolean;
  /** It allows at most as many parts. */
  readonly channels: number;
  /** So many parts are taken when nothing is said: the run's option, as far as there are channels. */
  readonly usualParts: number;
}

/** A concept, or a part of one, of a run. */
export interface ConceptQuery extends RunKey {
  readonly concept: string;
}

/** How to decompose a concept or part. */
export interface DecompositionQuery extends ConceptQuery {
  /** @default the proposed layer */
  readonly layer?: string;
  /** @default as many as the run's option says, or as few as the layer allows */
  readonly parts?: number;
}
