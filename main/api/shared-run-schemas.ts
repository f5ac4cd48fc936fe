import { z } from 'zod';

const SHARDS = z.int().min(1).max(10_000);
const LINE = z
  .string()
  .max(1000)
  .regex(/^[^\r\n]*$/, 'one line');
const SLURM = z.strictObject({
  engine: z.literal('slurm'),
  shards: SHARDS,
  partition: LINE,
  account: LINE,
  extra: z.array(LINE.min(1)).max(100),
  program: LINE,
});

/** Where a shared run is computed. */
export const RUN_PLACE = z.discriminatedUnion('engine', [
  z.strictObject({ engine: z.literal('local'), shards: SHARDS }),
  SLURM,
  z.strictObject({ engine: z.literal('bullmq'), shards: SHARDS, redis: LINE }),
]);

/** Arguments of the calls about shared runs. */
export const sharedRunSchemas = {
  listRunPlaces: z.undefined(),
  previewRunScripts: z.strictObject({ place: SLURM }),
  startSharedRun: z.strictObject({ place: RUN_PLACE }),
  resumeSharedRun: z.strictObject({ redis: LINE.exactOptional() }),
  cancelSharedRun: z.undefined(),
  getSharedRun: z.undefined(),
};
