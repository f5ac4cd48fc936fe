import { z } from 'zod';
import { NAME, PATH, RUN_KEY } from './schema-parts.ts';

const INDEX = z.int().nonnegative();
const PIXEL = z.number().min(0).max(1e5);
const BOX = z.tuple([PIXEL, PIXEL, PIXEL, PIXEL]);
const MOST_EXAMPLES = 100_000;

/** The shapes of the arguments of {@link import('./own-data.ts').OwnApi}. */
export const ownSchemas = {
  listOwnConcepts: z.strictObject(RUN_KEY),
  makeOwnConcept: z.strictObject({
    ...RUN_KEY,
    name: z.string().trim().min(1).max(80),
    examples: z.strictObject({
      images: z.array(INDEX).max(MOST_EXAMPLES).exactOptional(),
      crops: z
        .array(z.strictObject({ image: INDEX, box: BOX }))
        .max(MOST_EXAMPLES)
        .exactOptional(),
      folder: PATH.exactOptional(),
    }),
    against: PATH.exactOptional(),
  }),
  computeOwnConcept: z.strictObject({ ...RUN_KEY, concept: NAME }),
  showOwnConcept: z.strictObject({ ...RUN_KEY, concept: NAME, isShown: z.boolean() }),
  chooseConceptFolder: z.undefined(),
  findAlikeCrops: z.strictObject({ ...RUN_KEY, image: INDEX, box: BOX, limit: z.int().min(1).max(1000) }),
};
