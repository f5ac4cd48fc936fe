import { z } from 'zod';
import { RUN_KEY } from './schema-parts.ts';

const SIZE = z.enum(['quick', 'thorough']);

/** The shapes of the arguments of {@link import('./coherence-data.ts').CoherenceApi}. */
export const coherenceSchemas = {
  listCoherence: z.strictObject(RUN_KEY),
  drawCoherenceCheck: z.strictObject({ ...RUN_KEY, size: SIZE }),
  answerCoherenceSet: z.strictObject({
    ...RUN_KEY,
    number: z.int().min(1).max(1e6),
    size: SIZE,
    set: z.int().min(0).max(1e6),
    crop: z.int().min(0).max(4),
  }),
};
