import { z } from 'zod';
import { COUNT, NAME, RUN } from './schema-parts.ts';

const PATHS = z.array(z.string().min(1).max(4096)).min(1).max(10_000);
const PAIR = z.strictObject({ a: RUN, b: RUN });
const SCORED = { project: NAME, runId: NAME, id: NAME };

/** Arguments of the calls about two runs, and about new images. */
export const comparisonSchemas = {
  listComparable: z.undefined(),
  findComparable: z.strictObject({ paths: PATHS }),
  chooseComparable: z.undefined(),
  compareRuns: PAIR,
  saveComparison: PAIR,

  chooseNewImages: z.undefined(),
  scoreImages: z.strictObject({ project: NAME, runId: NAME, paths: PATHS }),
  getScored: RUN,
  listScored: z.strictObject({
    ...SCORED,
    offset: COUNT,
    limit: z.int().min(1).max(500),
    concept: NAME,
    sort: z.enum(['file', 'predicted', 'score', 'rest', 'amount', 'contribution']),
    descending: z.boolean(),
    isUnknown: z.boolean(),
  }),
  getScoredImage: z.strictObject({ ...SCORED, index: COUNT }),
  saveScored: z.strictObject(SCORED),
} as const;
