/**
 * What of a model's scores is explained.
 *
 * `class` a class of several, by its logit. `not`: everything but that class. `margin`: the lead of one class over
 * another. `side`: of a binary model, a label or a number, the upper (1) or the lower (0). `similarity`: as `side`, of
 * the cosine with a reference.
 */
export type Explained =
  | { readonly kind: 'class'; readonly index: number }
  | { readonly kind: 'not'; readonly index: number }
  | { readonly kind: 'margin'; readonly index: number; readonly against: number }
  /** `label`: of a multilabel model, which one. */
  | { readonly kind: 'side'; readonly side: 0 | 1; readonly label?: number }
  | { readonly kind: 'similarity'; readonly side: 0 | 1; readonly reference: Reference };

/** What pictures are compared with. */
export interface Reference {
  /** For people: the name of a picture or folder. */
  readonly name: string;
  /** The mean of the pictures' vectors, of length 1. */
  readonly vector: readonly number[];
}
