import { z } from 'zod';

const NAME = z.string().regex(/^[\w-]{1,64}$/);
const COUNT = z.int().nonnegative();

/** The arguments of the methods about a whole model; part of schemas.ts. */
export const overviewSchemas = {
  getOverview: z.strictObject({ project: NAME, bank: NAME.exactOptional() }),
  explainPair: z.strictObject({ project: NAME, bank: NAME, truth: COUNT, predicted: COUNT }),
  explainEveryClass: z.strictObject({ like: z.strictObject({ project: NAME, runId: NAME }).exactOptional() }),
  saveOverview: z.strictObject({ project: NAME, bank: NAME }),
};
