import { z } from 'zod';
import type { Study } from '../study/study.ts';
import { ID_PATTERN } from './schema.ts';

/*
 * `studies/ID/study.json`: a study and its hash, as core/study/study.ts says what they mean. No unknown field is let in, so
 * that what is read is all that the hash is of.
 */

const HASH = z.string().regex(/^[0-9a-f]{64}$/);
const NAME = z.string().min(1);
const WHOLE = z.int().nonnegative();

const PICTURE = z.strictObject({
  sha256: HASH,
  extension: z.enum(['jpg', 'png']),
  width: z.int().positive(),
  height: z.int().positive(),
  alt: NAME,
});

const AMOUNT_ROW = z.strictObject({
  concept: NAME,
  name: z.string(),
  amount: z.number().nonnegative(),
  contribution: z.number().nullable(),
});

const PANEL = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('map'), title: z.string(), picture: PICTURE }),
  z.strictObject({ kind: z.literal('gallery'), concept: NAME, title: z.string(), crops: z.array(PICTURE) }),
  z.strictObject({ kind: z.literal('amounts'), title: z.string(), rows: z.array(AMOUNT_ROW) }),
]);

const SHOWN = z.record(z.string(), z.array(PANEL));

const UTILITY_ITEM = z.strictObject({
  id: NAME,
  picture: PICTURE,
  source: z.strictObject({ file: NAME, sha256: HASH }),
  answer: z.union([z.literal(0), z.literal(1)]),
  margin: z.number().nonnegative(),
  stratum: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  isMistake: z.boolean().nullable(),
  shown: SHOWN,
});

const SESSION = z.strictObject({ train: z.array(NAME), test: z.array(NAME) });

const MATERIAL = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('utility'),
    answers: z.tuple([NAME, NAME]),
    scenario: z.enum(['all', 'failures']),
    items: z.array(UTILITY_ITEM),
    sessions: z.array(SESSION),
    practice: SESSION,
    legend: SHOWN,
  }),
  z.strictObject({
    kind: z.literal('intruder'),
    items: z.array(
      z.strictObject({
        id: NAME,
        concept: NAME,
        name: z.string(),
        isPart: z.boolean(),
        crops: z.array(PICTURE).length(5),
        intruderConcept: NAME,
      }),
    ),
  }),
  z.strictObject({
    kind: z.literal('choice'),
    items: z.array(
      z.strictObject({
        id: NAME,
        concept: NAME,
        name: z.string(),
        part: NAME,
        partName: z.string(),
        galleries: z.tuple([z.array(PICTURE).min(1), z.array(PICTURE).min(1)]),
      }),
    ),
  }),
]);

/** Version of {@link Study}; a file of a higher one is refused. */
export const STUDY_VERSION = 1;

/** Names of studies become names of folders. */
const STUDY_ID = z.string().regex(ID_PATTERN);

const STUDY = z.strictObject({
  schemaVersion: z.literal(STUDY_VERSION),
  id: STUDY_ID,
  title: NAME,
  frozen: z.iso.datetime(),
  versions: z.record(z.string(), z.string()),
  runs: z.array(z.strictObject({ id: z.string().regex(ID_PATTERN), sha256: HASH, className: z.string() })),
  material: MATERIAL,
  conditions: z.array(NAME),
  contrast: z.strictObject({ condition: NAME, against: NAME }).nullable(),
  participants: z.int().positive(),
  seed: z.int(),
  rules: z.strictObject({
    quizTries: WHOLE,
    leastCatchShare: z.number().min(0).max(1),
    leastMedianMs: z.number().nonnegative(),
  }),
  consent: z.string(),
}) satisfies z.ZodType<Study>;

/** Content of the file: {@link Study} and the hash that it was frozen under. */
export const STUDY_FILE = z.strictObject({ sha256: HASH, study: STUDY });
