import { z } from 'zod';
import type { Explanation } from '../concepts/explanation.ts';
import { migrateOptions, STORED_OPTIONS } from '../concepts/parse-run-options.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import type { Frontier } from '../metrics/frontier.ts';
import { DEVICE_CHOICES, DEVICE_NAMES } from '../platform.ts';
import type { Json } from './canonical-json.ts';
import { EXPLANATION } from './explanation-schema.ts';
import { FRONTIER } from './frontier-schema.ts';

/*
 * The JSON files of a project folder. Fields that this version does not know are kept at the top level of a file
 * when it is rewritten, and dropped deeper down. A change of meaning or of a required field raises
 * SCHEMA_VERSION; an optional field does not.
 */

/** Plain data that another room defines; spread an interface (`{ ...fields }`) to pass it. */
export type JsonRecord = { readonly [key: string]: Json | undefined };

/** Version of the shapes below; a file of a higher one is refused, one of a lower one is read as one of this. */
export const SCHEMA_VERSION = 3;

/** The shape of a file as a value that nobody changes in place. */
type Frozen<T> = { readonly [Key in keyof T]: T[Key] extends object ? Frozen<T[Key]> : T[Key] };

const DEVICE = z.enum(DEVICE_NAMES);
const JSON_RECORD = z.record(z.string(), z.json());
/** Of a file; in memory it is always today's, so that what is written anew says so. */
export const VERSION = z
  .int()
  .min(1)
  .max(SCHEMA_VERSION)
  .transform((): typeof SCHEMA_VERSION => SCHEMA_VERSION);

/** Names of runs and stages become file names: no separators, no dots. */
export const ID_PATTERN = /^[a-z0-9][a-z0-9_-]{0,63}$/i;
const RUN_ID = z.string().regex(ID_PATTERN);

/** `project.json`: what is explained, and where the pictures are. */
export const PROJECT_FILE = z.object({
  schemaVersion: VERSION,
  /** ISO 8601, UTC. */
  created: z.iso.datetime(),
  model: z.object({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  /** Every option of the preprocessing, as core/images defines them. */
  preprocessing: JSON_RECORD,
  labels: z.object({ source: z.string(), names: z.array(z.string()).exactOptional() }),
  imageRoots: z.array(z.string()),
  /**
   * What is known of the pictures beside what they show. Like these it stays where it is: it may be large, and may name
   * people, so that it is not for a project to multiply it; the hash tells whether it was changed since.
   */
  table: z.object({ path: z.string(), sha256: z.string() }).optional(),
  /** Boxes or masks of objects in the pictures: a COCO file, or a folder of Pascal VOC's. They stay where they are, too. */
  marks: z.object({ path: z.string() }).optional(),
  runs: z.array(RUN_ID),
  /** Taken off the list; their folders are there until the deletion is carried out. */
  deleted: z.array(RUN_ID).exactOptional(),
  /** Highest number that a run was given: the number of a deleted run is not given again. */
  lastRun: z.int().nonnegative().exactOptional(),
});
/** {@link PROJECT_FILE} in memory. */
export type ProjectFile = Frozen<Omit<z.infer<typeof PROJECT_FILE>, 'preprocessing'>> & {
  readonly preprocessing: JsonRecord;
};

const STAGE = z.object({
  status: z.enum(['pending', 'done']),
  /** Names the cached result of the stage. */
  fingerprint: z.string(),
  /** Time of the computation, whenever it was made; absent while pending. */
  elapsedMs: z.number().nonnegative().exactOptional(),
});
/** How far one stage of a run is. */
export type StageRecord = Frozen<z.infer<typeof STAGE>>;

/** `runs/ID/run.json`: everything needed to repeat a run, how far it is, and what it found out. */
export const RUN_FILE = z.object({
  schemaVersion: VERSION,
  id: RUN_ID,
  created: z.iso.datetime(),
  /** Every option with its value, defaults included. */
  options: STORED_OPTIONS,
  seed: z.int(),
  /** The command line that repeats the run. */
  command: z.string().exactOptional(),
  /** Program and library -> version. */
  versions: z.record(z.string(), z.string()),
  device: z.object({
    requested: z.enum(DEVICE_CHOICES),
    used: DEVICE,
    /** Why each better device was passed over. */
    fallbackReasons: z.array(z.string()),
  }),
  /** What it was given beside its pictures, which images.jsonl has; absent in runs of before that was kept. */
  given: z
    .object({
      preprocessing: JSON_RECORD,
      /** Files that said how pictures are prepared and what classes are called. */
      cards: z.array(z.object({ path: z.string(), sha256: z.string() })),
      /** SHA-256 over the model's external data. */
      modelData: z.string().exactOptional(),
    })
    .exactOptional(),
  /** What a comparison settled before the run, with all that was compared; the options hold what it settled on. */
  comparison: z
    .object({
      settled: z.array(z.enum(['layer', 'concepts', 'bank'])).min(1),
      frontier: FRONTIER,
    })
    .exactOptional(),
  /** In the order in which they were begun. */
  stages: z.record(z.string(), STAGE),
  explanation: EXPLANATION.exactOptional(),
  /** The command that made the run has still to write its report; given again, it continues there. */
  reportPending: z.literal(true).exactOptional(),
});

/** A `run.json` as it comes from the disk, whatever its version, as one of today. */
export function migrateRun(content: unknown, version: number): unknown {
  if (typeof content !== 'object' || content === null || !('options' in content)) return content;
  return { ...content, options: migrateOptions(content.options, version) };
}

/** {@link RUN_FILE} in memory. */
export type RunFile = Frozen<
  Omit<z.infer<typeof RUN_FILE>, 'options' | 'explanation' | 'given' | 'comparison'>
> & {
  readonly given?: {
    readonly preprocessing: JsonRecord;
    readonly cards: readonly { readonly path: string; readonly sha256: string }[];
    readonly modelData?: string;
  };
  readonly comparison?: {
    readonly settled: readonly ('layer' | 'concepts' | 'bank')[];
    readonly frontier: Frontier;
  };
  readonly options: RunOptions;
  readonly explanation?: Explanation;
};
