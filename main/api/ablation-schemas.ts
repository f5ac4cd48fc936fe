import { z } from 'zod';
import { COUNT, NAME, RUN_KEY } from './schema-parts.ts';

const FACTORS = z.record(NAME, z.number().min(0).max(2));

/** The arguments of the methods about ablation; part of schemas.ts. */
export const ablationSchemas = {
  ablateImage: z.strictObject({ ...RUN_KEY, image: COUNT, factors: FACTORS }),
  findCounterfactual: z.strictObject({ ...RUN_KEY, image: COUNT, target: COUNT.exactOptional() }),
  ablateRun: z.strictObject({ ...RUN_KEY, factors: FACTORS }),
  getDependence: z.strictObject({ ...RUN_KEY }),
};
