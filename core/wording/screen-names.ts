/** What the screens are called in the window and its menu, in the order of the rail. */
export const SCREEN_NAMES = {
  library: 'Library',
  setup: 'Setup',
  run: 'Run',
  overview: 'Overview',
  concepts: 'Concepts',
  image: 'Images',
  map: 'Map',
  columns: 'Columns',
  evaluate: 'Evaluate',
  compare: 'Compare',
  edit: 'Edit',
  score: 'New images',
  studies: 'Studies',
  report: 'Report',
} as const;

/** Names a screen of the window. */
export type Screen = keyof typeof SCREEN_NAMES;

/** All of them, in that order. */
export const SCREENS = Object.keys(SCREEN_NAMES) as readonly Screen[];

/** The key that goes to each. */
export const SCREEN_KEYS: Readonly<Record<Screen, string>> = {
  library: '1',
  setup: '2',
  run: '3',
  overview: '8',
  concepts: '4',
  image: '5',
  map: '9',
  evaluate: '6',
  compare: 'c',
  edit: 'e',
  score: 'n',
  studies: 's',
  report: '7',
  columns: '0',
};

const SCREEN_OF_KEY = new Map(SCREENS.map((screen) => [SCREEN_KEYS[screen], screen]));

/** The screen of a key, letters lower-case. */
export function screenOfKey(key: string): Screen | undefined {
  return SCREEN_OF_KEY.get(key);
}
