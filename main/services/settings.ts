import path from 'node:path';
import { z } from 'zod';
import { DEVICE_CHOICES, type Storage } from '../../core/platform.ts';
import type { Settings } from '../api/contract.ts';
import { DEFAULT_SETTINGS } from './default-settings.ts';
import type { Places } from './places.ts';
import { storedValue, type StoredValue } from './stored-value.ts';

const SETTINGS = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  device: z.enum(DEVICE_CHOICES),
  mapOpacity: z.number().min(0).max(1),
}) satisfies z.ZodType<Settings>;

/** Choices that outlive a project, in a file of their own. */
export function createSettings(storage: Storage, { state }: Pick<Places, 'state'>): StoredValue<Settings> {
  return storedValue<Settings>(storage, path.join(state, 'settings.json'), SETTINGS, DEFAULT_SETTINGS);
}
