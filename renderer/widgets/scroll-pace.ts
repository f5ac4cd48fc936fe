/** Where a scroller stood, in CSS pixels, and when, in milliseconds. */
export interface ScrollPoint {
  readonly top: number;
  readonly time: number;
}

/** Milliseconds without a move after which scrolling has ended. */
export const PAUSE_MS = 100;

/** Screens a second beyond which pictures pass unseen. */
const FLING_SCREENS = 4;

/** Did the grid move too fast for its pictures to be seen? A single jump after a pause is none: people look there. */
export function isFling(from: ScrollPoint, to: ScrollPoint, height: number): boolean {
  const elapsed = to.time - from.time;
  return elapsed < PAUSE_MS && Math.abs(to.top - from.top) > FLING_SCREENS * height * (elapsed / 1000);
}
