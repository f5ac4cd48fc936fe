/** The orders in which concepts are taken away or put in, as they are drawn. */
export const ORDER_NAMES = [
  ['sobol', 'by importance'],
  ['gradient', 'by gradient'],
  ['size', 'by amount'],
] as const;

/** What is drawn of each number of concepts, by the field that holds it. */
export const RANK_FIGURES = [
  ['r2', 'variation kept (R²)'],
  ['stability', 'found again'],
  ['importanceMass', 'importance found again'],
] as const;

/** How far a concept is found again, by the level of its likeness in banks made again. */
export const FOUND_AGAIN_WORDS = {
  good: 'nearly the same',
  fair: 'changes a little',
  weak: 'changes much',
} as const;
