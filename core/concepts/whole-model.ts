/** A bank of several classes that finished runs explain with. */
export interface OverviewBank {
  readonly id: string;
  readonly layer: string;
  readonly concepts: number;
  /** Classes that are explained with it, and when the last of them was. */
  readonly classes: number;
  readonly newest: string;
}

/** Something of a model that deserves a look before all else, and where it is seen. */
export type FirstLook =
  | {
      readonly kind: 'shortcut';
      readonly class: number;
      readonly concept: string;
      readonly leans: string;
      readonly flips: number;
    }
  | {
      readonly kind: 'mistakes';
      readonly class: number;
      readonly share: number;
      readonly images: number;
      readonly isExplained: boolean;
    }
  | {
      readonly kind: 'confusion';
      readonly truth: number;
      readonly predicted: number;
      readonly count: number;
      readonly images: number;
      /** Absent where one of them is not explained. */
      readonly shared?: readonly string[];
    }
  | { readonly kind: 'weak'; readonly class: number; readonly headline: string }
  | { readonly kind: 'rest'; readonly class: number; readonly rest: number };
