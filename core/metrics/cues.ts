/** What is exchanged between pictures to find out whether decisions follow it, by name; see core/images/exchange.ts. */
export const EXCHANGES = [
  'top-left',
  'top-right',
  'bottom-left',
  'bottom-right',
  'top',
  'bottom',
  'left',
  'right',
  'border',
  'around',
  'above',
  'below',
  'colours',
  'detail',
] as const;
/** A name of {@link EXCHANGES}. */
export type ExchangeName = (typeof EXCHANGES)[number];

/** What form a cue has: a place of the frame, everything around the middle, or a look of the whole picture. */
export const CUE_FORMS = ['corner', 'strip', 'border', 'colours', 'detail', 'background'] as const;
/** A form of {@link CUE_FORMS}, which stand in the order in which one is preferred where several say the same. */
export type CueForm = (typeof CUE_FORMS)[number];

/** The form of what is taken over; what is made of corners alone belongs to the background. */
export function formOf(name: ExchangeName): CueForm {
  if (name === 'colours' || name === 'detail' || name === 'border') return name;
  if (name === 'around' || name === 'above' || name === 'below') return 'background';
  return name.includes('-') ? 'corner' : 'strip';
}

/** Places of the frame that seldom show the object: corners, strips along the edges, the border. */
export const FRAME_PLACES: readonly ExchangeName[] = EXCHANGES.filter((name) =>
  ['corner', 'strip', 'border'].includes(formOf(name)),
);
