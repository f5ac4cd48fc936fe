import type { Settings } from '../api/contract.ts';

/** The settings of a person who has not changed any; views have none of their own. */
export const DEFAULT_SETTINGS: Settings = { theme: 'system', device: 'auto', mapOpacity: 0.65 };
