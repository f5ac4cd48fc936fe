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

/** How far a concept can be relied on, by the level of its likeness in banks made again. */
export const RELIABILITY_WORDS = {
  good: 'reliable',
  fair: 'changes a little',
  weak: 'unreliable',
} as const;
