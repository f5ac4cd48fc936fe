/** What the screens are called in the window and its menu, in the order of the rail and of the keys from 1. */
export const SCREEN_NAMES = {
  library: 'Library',
  setup: 'Setup',
  run: 'Run',
  concepts: 'Concepts',
  image: 'Images',
  evaluate: 'Evaluate',
  report: 'Report',
} as const;

/** Names a screen of the window. */
export type Screen = keyof typeof SCREEN_NAMES;

/** All of them, in that order. */
export const SCREENS = Object.keys(SCREEN_NAMES) as readonly Screen[];
