import type { Examples } from '../examples.ts';
import type { ObjectShare } from './object-shares.ts';

/** How much of one concept lies in objects, by its id. */
export type NamedShare = Omit<ObjectShare, 'concept'> & { readonly concept: string; readonly name: string };

/** How much of the concepts of a run lies in marked objects. */
export interface RunObjects {
  /** Name of the file or folder of the marks. */
  readonly file: string;
  /** Explained images with a marked object, of all that are explained. */
  readonly images: number;
  readonly explained: number;
  /** Marks of none of the images that the run was given, and marks that name several of them: left out. */
  readonly strangers: Examples;
  readonly ambiguous: Examples;
  /** In any object; those that seek the objects most first. */
  readonly shares: readonly NamedShare[];
  /** The same by what the objects are called, the most frequent first; empty where all are called the same. */
  readonly kinds: readonly {
    readonly name: string;
    readonly images: number;
    readonly shares: readonly NamedShare[];
  }[];
}
