import type { ConceptRemoval, Explanation, ImageRecord } from '../concepts/explanation.ts';

/** An explanation as run.json has it where its images and flips are in a file of their own: with the number of each. */
export type CountedExplanation = Omit<Explanation, 'images' | 'removals'> & {
  readonly images: number;
  readonly removals?: readonly (Omit<ConceptRemoval, 'flips'> & { readonly flips: number })[];
};

/** An explanation as run.json has it, of whatever version. */
export type StoredExplanation = Omit<Explanation, 'images' | 'removals'> & {
  readonly images: number | readonly ImageRecord[];
  readonly removals?: readonly {
    readonly concept: string;
    readonly flips: number | ConceptRemoval['flips'];
  }[];
};
