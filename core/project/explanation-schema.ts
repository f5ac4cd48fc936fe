import { z } from 'zod';
import { SHORTCUT_FIGURES, SHORTCUT_KINDS } from '../concepts/explanation.ts';
import type { StoredExplanation } from './counted-explanation.ts';
import { EXCHANGES } from '../metrics/cues.ts';
import { choice } from '../concepts/option-forms.ts';
import { ALPHA_LABELS } from '../platform.ts';
import { TASKS, type Task } from '../score/model-scores.ts';

const COUNT = z.int().nonnegative();

const ESTIMATE = z.object({ mean: z.number(), low: z.number(), high: z.number() });
const BOX = z.tuple([z.number(), z.number(), z.number(), z.number()]);

const PREDICTED = z.object({
  index: COUNT,
  name: z.string(),
  probability: z.number().exactOptional(),
  value: z.number().exactOptional(),
});

const SIDE = z.union([z.literal(0), z.literal(1)]);
const EXPLAINED = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('class'), index: COUNT }),
  z.object({ kind: z.literal('not'), index: COUNT }),
  z.object({ kind: z.literal('margin'), index: COUNT, against: COUNT }),
  z.object({ kind: z.literal('side'), side: SIDE, label: COUNT.exactOptional() }),
  z.object({
    kind: z.literal('similarity'),
    side: SIDE,
    reference: z.object({ name: z.string(), vector: z.array(z.number()) }),
  }),
]);

const SCORE = z.object({
  model: z.object({
    output: z.string(),
    task: z.enum(Object.keys(TASKS) as [Task, ...Task[]]),
    activation: z.enum(['none', 'softmax', 'log-softmax', 'sigmoid', 'kept']),
    classes: z.array(z.string()),
    width: COUNT,
    threshold: z.number().exactOptional(),
    quantity: z.string().exactOptional(),
    unit: z.string().exactOptional(),
  }),
  explained: EXPLAINED,
  at: z.number().exactOptional(),
});

const IMAGE = z.object({
  file: z.string(),
  predicted: PREDICTED,
  logit: z.number(),
  reconstructedLogit: z.number(),
  agrees: z.boolean(),
});

const CONCEPT = z.object({
  id: z.string(),
  name: z.string(),
  importance: ESTIMATE,
  tier: COUNT,
  effect: z.number().exactOptional(),
  prevalence: z.number(),
  crops: z.array(z.object({ image: COUNT, box: BOX, coefficient: z.number() })),
});

const LAYER = z.object({
  tensor: z.string(),
  shape: z.array(z.int()),
  kind: z.enum(['spatial', 'tokens', 'vector']),
  channelAxis: z.int(),
  grid: z.tuple([COUNT, COUNT]),
  computeShare: z.number(),
});

const FACTORIZATION = z.object({
  method: z.enum(['nmf', 'semi-nmf']),
  status: z.string(),
  iterations: COUNT,
  rows: COUNT,
});

const SHARES = z.object({ r2: z.number(), headR2: z.number() });

const BANK_FACTORIZATION = FACTORIZATION.extend({
  kind: z.literal('sparse').exactOptional(),
  active: COUNT.exactOptional(),
  shared: z
    .object({ bank: z.string(), classes: z.array(z.object({ index: COUNT, images: COUNT })) })
    .exactOptional(),
  refined: z
    .object({
      before: SHARES,
      after: SHARES,
      images: COUNT,
      madeOn: COUNT,
      ofAll: z.boolean().exactOptional(),
      scores: COUNT,
      weight: z.number(),
      refused: SHARES.exactOptional(),
      steps: COUNT,
      cosines: z.array(z.number()),
    })
    .exactOptional(),
});

const IMPORTANCE = z.object({
  design: z.string(),
  samples: COUNT,
  replicates: COUNT,
  evaluations: COUNT,
  method: z.enum(['sampled', 'exact']),
  still: COUNT.exactOptional(),
});

const MAP = z.object({
  method: z.string(),
  insteadOf: z.object({ method: z.string(), reason: z.string() }).exactOptional(),
  layer: z.string().exactOptional(),
  nearDegenerate: z.number().exactOptional(),
});

const ERRORS = z.object({ r2: z.number(), relativeError: z.number() });

const DECOMPOSITION = z.object({
  parent: z.string(),
  layer: LAYER,
  isChosen: z.boolean(),
  images: z.array(COUNT),
  factorization: FACTORIZATION,
  reconstruction: ERRORS,
  reproduction: ERRORS,
  stability: z.number(),
  importance: IMPORTANCE,
  parts: z.array(CONCEPT),
  maps: MAP.exactOptional(),
});

const MISTAKE = z.object({
  file: z.string(),
  truth: z.object({ index: COUNT, name: z.string() }),
  predicted: PREDICTED,
  margin: z.number(),
  causes: z.array(z.object({ concept: z.string(), change: z.number() })),
});

const SHORTCUT = z.object({
  concept: z.string(),
  carried: z.number(),
  remedy: z.object({ concepts: z.array(z.string()), back: COUNT, turned: COUNT }).exactOptional(),
  cue: z.enum(EXCHANGES),
  isPainted: z.boolean(),
  kinds: z.array(z.enum(SHORTCUT_KINDS)),
  evidence: z.array(
    z.object({
      kind: z.enum(SHORTCUT_KINDS),
      figure: z.enum(SHORTCUT_FIGURES),
      value: z.number(),
      low: z.number(),
      high: z.number(),
      images: COUNT,
      area: z.number().exactOptional(),
      folder: z.string().exactOptional(),
    }),
  ),
  flips: z.number(),
});

const FLIP = z.object({ image: COUNT, to: z.object({ index: COUNT, name: z.string() }) });

/**
 * An explanation as run.json has it: of its images and flips the numbers; in runs of up to schema 2 each of them.
 */
export const EXPLANATION = z.object({
  classIndex: COUNT,
  className: z.string(),
  score: SCORE.exactOptional(),
  layer: LAYER,
  images: z.union([COUNT, z.array(IMAGE)]),
  concepts: z.array(CONCEPT),
  reconstruction: z.object({ r2: z.number(), relativeError: z.number(), agreement: z.number() }),
  factorization: BANK_FACTORIZATION,
  importance: IMPORTANCE,
  rest: z.object({ ...ESTIMATE.shape, images: COUNT }).exactOptional(),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
  transparent: z.object({ images: COUNT, alpha: choice(ALPHA_LABELS).schema }).exactOptional(),
  preprocessing: z.object({ source: z.string(), reason: z.string() }).exactOptional(),
  answers: z.object({ known: COUNT, hits: COUNT, aboveChance: z.number().exactOptional() }).exactOptional(),
  given: COUNT.exactOptional(),
  maps: z.array(MAP).exactOptional(),
  removals: z
    .array(z.object({ concept: z.string(), flips: z.union([COUNT, z.array(FLIP)]) }))
    .exactOptional(),
  shortcuts: z.object({ images: COUNT, others: COUNT, found: z.array(SHORTCUT) }).exactOptional(),
  mistakes: z.array(MISTAKE).exactOptional(),
  splits: z.array(DECOMPOSITION).exactOptional(),
}) satisfies z.ZodType<StoredExplanation>;
