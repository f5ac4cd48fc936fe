import { z } from 'zod';
import type { Frontier } from '../metrics/frontier.ts';

const COUNT = z.int().nonnegative();
const BANK = z.enum(['usual', 'sparse']);

/** {@link Frontier} as it is persisted. */
export const FRONTIER = z.object({
  points: z.array(
    z.object({
      layer: z.string(),
      r: COUNT,
      bank: BANK,
      rest: z.object({ mean: z.number(), low: z.number(), high: z.number() }),
      active: z.number(),
      stability: z.number(),
    }),
  ),
  suggested: z.object({ layer: z.string(), r: COUNT, bank: BANK }),
});
FRONTIER satisfies z.ZodType<Frontier>;
