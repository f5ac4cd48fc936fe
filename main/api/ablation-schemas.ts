import { z } from 'zod';

const NAME = z.string().regex(/^[\w-]{1,64}$/);
const RUN_KEY = { project: NAME, runId: NAME };
const COUNT = z.int().nonnegative();
const FACTORS = z.record(NAME, z.number().min(0).max(2));

/** The arguments of the methods about ablation; part of schemas.ts. */
export const ablationSchemas = {
  ablateImage: z.strictObject({ ...RUN_KEY, image: COUNT, factors: FACTORS }),
  findCounterfactual: z.strictObject({ ...RUN_KEY, image: COUNT, target: COUNT.exactOptional() }),
  ablateRun: z.strictObject({ ...RUN_KEY, factors: FACTORS }),
  getDependence: z.strictObject({ ...RUN_KEY }),
};
