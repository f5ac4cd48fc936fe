import { z } from 'zod';
import { COUNT, NAME, RUN_KEY } from './schema-parts.ts';

const IMAGES = z.enum(['explained', 'all']);
/** More images than a run is given. */
const MOST_IMAGES = 1_000_000;

/** Arguments of the methods about maps, groups and exports. */
export const mapSchemas = {
  getImageMap: z.strictObject({
    ...RUN_KEY,
    images: IMAGES,
    space: z.enum(['amounts', 'contributions']),
  }),
  getConceptMap: z.strictObject(RUN_KEY),
  getImageGroups: z.strictObject({ ...RUN_KEY, images: IMAGES }),
  getMapAmounts: z.strictObject({ ...RUN_KEY, images: IMAGES, concept: NAME }),
  exportRun: z.strictObject({
    ...RUN_KEY,
    file: z.enum(['images.csv', 'concepts.csv', 'run.npz', 'run.safetensors', 'monitor.zip']),
  }),
  exportPaths: z.strictObject({ ...RUN_KEY, images: z.array(COUNT).min(1).max(MOST_IMAGES) }),
};
