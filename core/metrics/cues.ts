/** Places of the frame and looks of the whole picture, by name; see core/images/exchange.ts. */
export const PLACES_AND_LOOKS = [
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
  'saturation',
  'sharpness',
  'grain',
] as const;
/** A name of {@link PLACES_AND_LOOKS}. */
export type PlaceOrLook = (typeof PLACES_AND_LOOKS)[number];

/**
 * What is exchanged between pictures to find out whether decisions follow it: a place, a look, or a mark that lies
 * somewhere else in each picture (core/images/recurring-mark.ts).
 */
export const EXCHANGES = [...PLACES_AND_LOOKS, 'mark'] as const;
/** A name of {@link EXCHANGES}. */
export type ExchangeName = (typeof EXCHANGES)[number];

/** What form a cue has: a place of the frame, everything around the middle, a look of the whole picture, or a mark. */
export const CUE_FORMS = [
  'corner',
  'strip',
  'border',
  'colours',
  'saturation',
  'sharpness',
  'grain',
  'background',
  'mark',
] as const;
/** A form of {@link CUE_FORMS}, which stand in the order in which one is preferred where several say the same. */
export type CueForm = (typeof CUE_FORMS)[number];

/** Looks of the whole picture. */
export const LOOKS = ['colours', 'saturation', 'sharpness', 'grain'] as const;

/** Is it a look of the whole picture? */
export function isLook(name: ExchangeName): name is (typeof LOOKS)[number] {
  return LOOKS.some((look) => look === name);
}

/** The form of what is taken over; what is made of corners alone belongs to the background. */
export function formOf(name: ExchangeName): CueForm {
  if (name === 'mark' || name === 'border' || isLook(name)) return name;
  if (name === 'around' || name === 'above' || name === 'below') return 'background';
  return name.includes('-') ? 'corner' : 'strip';
}

/** Places of the frame that seldom show the object: corners, strips along the edges, the border. */
export const FRAME_PLACES: readonly PlaceOrLook[] = PLACES_AND_LOOKS.filter((name) =>
  ['corner', 'strip', 'border'].includes(formOf(name)),
);

/** Is it one of {@link FRAME_PLACES}? */
export function isFramePlace(
  name: ExchangeName,
): name is Exclude<PlaceOrLook, 'around' | 'above' | 'below' | (typeof LOOKS)[number]> {
  return FRAME_PLACES.some((place) => place === name);
}
