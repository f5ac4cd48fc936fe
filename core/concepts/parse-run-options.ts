import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import {
  CRAFT_DEFAULTS,
  DEFAULT_OPTIONS,
  OPTION_NAMES,
  RUN_OPTIONS,
  type OptionName,
  type RunOptions,
} from './run-options.ts';

/** Version of stored options; {@link parseRunOptions} reads this one and those before. */
export const OPTIONS_VERSION = 2;

/** Checks one option's value, as it stands in memory or in JSON. */
export function optionSchema(name: OptionName): z.ZodType {
  return RUN_OPTIONS[name].schema;
}

const STORED = z.object(
  Object.fromEntries(
    OPTION_NAMES.map((name) => {
      const schema = optionSchema(name);
      return [name, 'absent' in RUN_OPTIONS[name] ? schema.exactOptional() : schema];
    }),
  ),
);

/**
 * Reads the options of a stored run. `version` is the schema version of its file: version 1 (Tessera 0.1) left out
 * what had its usual value, and took unscrambled designs exactly for the numbers of the paper. Names that are not
 * known are dropped. Throws TesseraError 'bad-project' naming every option that is wrong.
 */
export function parseRunOptions(json: unknown, version: number): RunOptions {
  const parsed = STORED.safeParse(version < OPTIONS_VERSION ? migrated(json) : json);
  if (parsed.success) return parsed.data as unknown as RunOptions;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'options'}: ${message}`);
  throw new TesseraError('bad-project', `The options of the run are not valid: ${faults.join('; ')}.`, {
    hint: 'Start the run again with options of your choice.',
    cause: parsed.error,
  });
}

function migrated(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  const stored: Partial<RunOptions> = json;
  const isCraft = Object.entries(CRAFT_DEFAULTS).every(
    ([name, value]) => stored[name as keyof typeof CRAFT_DEFAULTS] === value,
  );
  return { ...DEFAULT_OPTIONS, craft: isCraft, ...stored };
}
