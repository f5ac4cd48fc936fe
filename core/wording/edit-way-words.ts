/** How concepts are taken out of a model, for people who choose; the usual way first. */
export const EDIT_WAY_WORDS = {
  pattern: {
    name: 'With all that goes along',
    text: 'The concept, and what moves with it in the pictures, are brought to what pictures without it have. Takes a shortcut out most thoroughly.',
  },
  mean: {
    name: 'To the usual amount',
    text: 'The amount is brought to its mean in pictures without the concept. What moves with it stays.',
  },
  project: {
    name: 'Its direction',
    text: 'The direction of the concept is projected out, to its mean in pictures without it. The fastest; amounts of the other concepts stay.',
  },
  remove: {
    name: 'Its amount',
    text: 'The amount is taken away, as “What if this concept were not there?” shows it. Can leave small amounts alone.',
  },
} as const;
