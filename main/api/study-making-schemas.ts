import { z } from 'zod';
import { NAME } from './schema-parts.ts';

const FEW = z.int().min(1).max(1000);
const CONDITION = z.string().min(1).max(64);
const SHARE = z.number().min(0).max(1);
const STUDY = { project: NAME, study: NAME };

const PLAN = {
  project: NAME,
  kind: z.enum(['utility', 'intruder', 'choice']),
  runs: z.array(NAME).min(1).max(2),
  participants: z.int().min(1).max(10_000),
  seed: z
    .int()
    .min(-(2 ** 31))
    .max(2 ** 31 - 1),
  utility: z
    .strictObject({
      conditions: z.array(CONDITION).min(1).max(32),
      contrast: z.strictObject({ condition: CONDITION, against: CONDITION }).nullable(),
      scenario: z.enum(['all', 'failures']),
      sessions: FEW,
      train: FEW,
      test: FEW,
    })
    .exactOptional(),
  sets: FEW.exactOptional(),
};

/** The shapes of the arguments of {@link import('./study-making-data.ts').StudyMakingApi}. */
export const studyMakingSchemas = {
  listStudyConditions: z.undefined(),
  estimateStudyPower: z.strictObject({
    participants: z.int().min(1).max(500),
    sessions: FEW.max(20),
    pictures: FEW.max(100),
    accuracy: SHARE,
    effect: z.number().min(-1).max(1),
  }),
  makeStudy: z.strictObject({
    ...PLAN,
    title: z.string().max(200),
    consent: z.string().max(100_000),
  }),
  rehearseStudy: z.strictObject(PLAN),
  analyseStudy: z.strictObject(STUDY),
  saveStudyPage: z.strictObject({ page: NAME, name: z.string().min(1).max(200) }),
  saveStudyTables: z.strictObject(STUDY),
};
