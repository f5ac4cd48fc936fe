/** What was typed into a field for a number and not taken; the text is empty where it was no number at all. */
export interface RefusedNumber {
  readonly text: string;
  /** What the number may be, or what speaks against it. */
  readonly why: string;
}
