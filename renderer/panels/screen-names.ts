import type { Screen } from '../../main/api/contract.ts';

const NAMES: Readonly<Record<Screen, string>> = {
  library: 'Library',
  setup: 'Setup',
  run: 'Run',
  concepts: 'Concepts',
  image: 'Images',
  evaluate: 'Evaluate',
  report: 'Report',
};

/** What a screen is called in the window. */
export function screenName(screen: Screen): string {
  return NAMES[screen];
}
