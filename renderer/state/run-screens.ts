import type { Screen } from '../../main/api/contract.ts';

/** Screens that show one run, and nothing else. */
export const RUN_SCREENS: readonly Screen[] = [
  'concepts',
  'image',
  'map',
  'columns',
  'evaluate',
  'edit',
  'report',
  'score',
];
