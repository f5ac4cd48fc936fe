import { z } from 'zod';
import { choice } from '../concepts/option-forms.ts';
import { CHECK_LEVELS } from '../concepts/option-table.ts';
import { TesseraError } from '../errors.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { FRONTIER } from './frontier-schema.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';
import { SCHEMA_VERSION, VERSION } from './schema.ts';

const FILE = 'evaluation.json';

const COUNT = z.int().nonnegative();
const NUMBERS = z.array(z.number());
const INTERVAL = z.tuple([z.number(), z.number()]);

const CURVE = {
  logits: NUMBERS,
  scores: NUMBERS.exactOptional(),
  auc: z.number().exactOptional(),
  interval: INTERVAL.exactOptional(),
};
const ORDER = z.object({
  ...CURVE,
  beatsRandom: z.number().exactOptional(),
  movesBefore: z.number().exactOptional(),
});
const CURVES = z.object({
  status: z.enum(['ok', 'equal-ends', 'non-finite']),
  hasRest: z.boolean().exactOptional(),
  orders: z.object({ sobol: ORDER, size: ORDER, gradient: ORDER.exactOptional() }),
  random: z.object({ ...CURVE, band: z.object({ low: NUMBERS, high: NUMBERS }).exactOptional() }),
});
const REPETITIONS = z.object({ count: COUNT, mean: z.number() });

/** `runs/ID/evaluation.json`: {@link Evaluation} as it is persisted. */
const EVALUATION_FILE = z.object({
  schemaVersion: VERSION,
  level: choice(CHECK_LEVELS).schema,
  images: COUNT,
  hitRate: z.object({ known: COUNT, hits: COUNT, aboveChance: z.number().exactOptional() }),
  reconstruction: z.object({ r2: z.number(), relativeError: z.number() }),
  fidelity: z.object({
    agreement: z.number(),
    logitR2: z.number().exactOptional(),
    logitError: z.number().exactOptional(),
  }),
  deletion: CURVES,
  insertion: CURVES,
  noGradient: z.string().exactOptional(),
  muFidelity: z.object({
    mean: z.number().exactOptional(),
    interval: INTERVAL.exactOptional(),
    images: COUNT,
  }),
  stability: z.object({
    mean: z.number(),
    min: z.number(),
    unmatched: z.number().exactOptional(),
    seeds: REPETITIONS,
    bootstraps: REPETITIONS,
    concepts: z.array(z.object({ mean: z.number(), min: z.number() })),
  }),
  heldOut: z
    .object({
      images: COUNT,
      agreement: z.number(),
      logitR2: z.number().exactOptional(),
      rest: z.object({ mean: z.number(), low: z.number(), high: z.number(), images: COUNT }).exactOptional(),
    })
    .exactOptional(),
  sparsity: z.array(z.object({ hoyer: z.number().exactOptional(), kurtosis: z.number().exactOptional() })),
  collinearity: z.object({
    dead: z.array(COUNT),
    pairs: z.array(z.object({ first: COUNT, second: COUNT, cosine: z.number() })),
  }),
  sanity: z.object({
    similarity: z.number().exactOptional(),
    maps: COUNT,
    flat: COUNT,
    reason: z.string().exactOptional(),
  }),
  frontier: FRONTIER.exactOptional(),
  rank: z
    .object({
      suggested: COUNT,
      points: z.array(
        z.object({
          r: COUNT,
          r2: z.number(),
          relativeError: z.number(),
          stability: z.number(),
          importanceMass: z.number().exactOptional(),
        }),
      ),
    })
    .exactOptional(),
  influence: z
    .object({
      status: z.enum(['solved', 'near-degenerate', 'not-at-minimum', 'not-solved']),
      source: z.enum(['jackknife', 'refits']),
      nearDegenerate: z.number(),
      computedOn: z.enum(['tensorflow', 'wasm', 'cpu', 'float64']),
      rows: COUNT,
      concepts: z.array(
        z.object({
          spread: z.number(),
          cosine: z.number(),
          importance: z.object({ low: z.number(), high: z.number() }),
          betweenFits: z.object({ deviation: z.number(), fits: COUNT }).exactOptional(),
          images: z.array(z.object({ image: COUNT, share: z.number() })),
        }),
      ),
    })
    .exactOptional(),
});
EVALUATION_FILE satisfies z.ZodType<Evaluation>;

/** Writes the evaluation of a run, in place of an earlier one. */
export async function saveEvaluation(project: Project, id: string, evaluation: Evaluation): Promise<void> {
  requireRun(project, id);
  const content = { schemaVersion: SCHEMA_VERSION, ...evaluation };
  await writeJsonFile(project.storage, runPath(project, id, FILE), EVALUATION_FILE, content);
}

/** Reads the evaluation of a run; undefined where none was made. A damaged one counts as none: it can be made again. */
export async function loadEvaluation(project: Project, id: string): Promise<Evaluation | undefined> {
  requireRun(project, id);
  const path = runPath(project, id, FILE);
  if (!(await project.storage.exists(path))) return undefined;
  try {
    return await readJsonFile(project.storage, path, EVALUATION_FILE);
  } catch (error) {
    if (error instanceof TesseraError && error.code === 'bad-project') return undefined;
    throw error;
  }
}
