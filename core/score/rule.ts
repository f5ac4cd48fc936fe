/** How a row of scores is decided upon, see decisionScores(). */
export type Rule =
  /** The largest of the first `classes`. */
  | { readonly kind: 'largest'; readonly classes: number }
  /** Two sides: the upper one from the value `at` on. `difference`: the value is that of the upper over the lower logit. */
  | {
      readonly kind: 'sides';
      readonly at: number;
      readonly value: 'upper' | 'difference';
      /** Is the value a logit, so that its sigmoid is a probability? */
      readonly isLogit: boolean;
    };
