import { z } from 'zod';
import { COUNT, NAME, RUN_KEY } from './schema-parts.ts';

/** The arguments of the methods about a whole model; part of schemas.ts. */
export const overviewSchemas = {
  getOverview: z.strictObject({ project: NAME, bank: NAME.exactOptional() }),
  explainPair: z.strictObject({ project: NAME, bank: NAME, truth: COUNT, predicted: COUNT }),
  explainEveryClass: z.strictObject({ like: z.strictObject({ ...RUN_KEY, bank: NAME }).exactOptional() }),
  computeBankMerges: z.strictObject({ project: NAME, bank: NAME }),
  saveOverview: z.strictObject({ project: NAME, bank: NAME }),
};
