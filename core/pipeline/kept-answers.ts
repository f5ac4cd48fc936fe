import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import { fingerprintOf } from '../project/canonical-json.ts';
import { readLines, writeLines } from '../project/line-file.ts';
import type { Environment, OpenedDevice } from './environment.ts';
import type { ModelIntake } from './model-intake.ts';
import { modelKey } from './model-key.ts';

const ANSWER = z.object({
  index: z.number(),
  probability: z.number().exactOptional(),
  value: z.number().exactOptional(),
});
const LINE = z.object({
  sha256: z.string(),
  ...ANSWER.shape,
  runnerUp: ANSWER.exactOptional(),
  scores: z.array(z.number()).readonly().exactOptional(),
  isTransparent: z.boolean(),
});
type Line = z.infer<typeof LINE>;

/** What a model said of a picture, and whether it has pixels that are not opaque. */
export type KeptAnswer = Omit<Line, 'sha256'>;

/** What a model has said of pictures before, by the SHA-256 of their files, whatever they are called. */
export interface KeptAnswers {
  get(sha256: string | undefined): KeptAnswer | undefined;
  add(sha256: string | undefined, answer: KeptAnswer): void;
  save(): Promise<void>;
}

/** Models whose answers are kept: more than are at work on one machine. */
const KEPT_MODELS = 24;
/** Raised whenever a model would answer something else to the same picture. */
const VERSION = 2;

/** Where the answers of a model lie, and the hashes of the pictures that it was asked about. */
export function answersFolder(
  { storage, answers }: Pick<Environment, 'storage' | 'answers'>,
  { sha256 }: Pick<ModelIntake, 'sha256'>,
): string | undefined {
  return answers === undefined ? undefined : storage.join(answers, sha256.slice(0, 32));
}

/**
 * Opens what is kept of a model's answers under its preprocessing on a device; keeps nothing where the environment
 * has no place for it. Damaged or missing answers are asked for again.
 */
export async function openKeptAnswers(
  environment: Pick<Environment, 'storage' | 'answers'>,
  { intake, device }: { readonly intake: ModelIntake; readonly device: Pick<OpenedDevice, 'used'> },
): Promise<KeptAnswers> {
  const { storage } = environment;
  const folder = answersFolder(environment, intake);
  if (folder === undefined) return NOTHING_KEPT;
  const name = fingerprintOf(storage, {
    version: VERSION,
    model: modelKey(intake),
    device: device.used,
  });
  const path = storage.join(folder, `${name}.jsonl`);
  const known = new Map((await readAnswers(environment, path)).map((line) => [line.sha256, line]));
  let isNew = false;
  return {
    get: (sha256) => (sha256 === undefined ? undefined : known.get(sha256)),
    add(sha256, answer) {
      if (sha256 === undefined) return;
      known.set(sha256, { sha256, ...answer });
      isNew = true;
    },
    async save() {
      if (!isNew) return;
      isNew = false;
      await orNothing(async () => {
        if (!(await storage.exists(folder))) await makeRoom(environment, storage.dirname(folder));
        await storage.makeDirectory(folder);
        await writeLines(storage, path, known.values());
      });
    },
  };
}

/** In the place of answers that may not be kept. */
export const NOTHING_KEPT: KeptAnswers = {
  get: () => undefined,
  add: () => undefined,
  save: () => Promise.resolve(),
};

async function readAnswers({ storage }: Pick<Environment, 'storage'>, path: string): Promise<Line[]> {
  try {
    return (await readLines(storage, path, LINE)) ?? [];
  } catch (error) {
    if (error instanceof TesseraError || error instanceof z.ZodError) return [];
    throw error;
  }
}

/** Forgets the models that were asked longest ago. */
async function makeRoom({ storage }: Pick<Environment, 'storage'>, parent: string): Promise<void> {
  const entries = await storage.list(parent).catch(() => []);
  if (entries.length < KEPT_MODELS) return;
  const aged = await Promise.all(
    entries.map(async ({ name }) => {
      const path = storage.join(parent, name);
      return { path, ...(await storage.stat(path)) };
    }),
  );
  aged.sort((a, b) => b.modifiedMs - a.modifiedMs);
  for (const { path } of aged.slice(KEPT_MODELS - 1)) await storage.remove(path);
}

/** What cannot be kept is asked for again. */
async function orNothing(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
  }
}
