import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import { CRAFT_DEFAULTS, DEFAULT_OPTIONS, OPTION_NAMES, optionOf, type RunOptions } from './run-options.ts';

/** Version of stored options: that of the project files that hold them. */
export const OPTIONS_VERSION = 2;

const MANY_CONCEPTS = 'expected a whole number from 1, or "auto"';

/** All options as they are stored; names that are not known are dropped. */
export const STORED_OPTIONS = z.object(
  Object.fromEntries(
    OPTION_NAMES.map((name) => {
      const { schema: taken, absent } = optionOf(name);
      // Up to 0.2 other designs than Sobol's took more concepts than there can be today.
      const schema = name === 'concepts' ? z.union([taken, z.int().positive()], MANY_CONCEPTS) : taken;
      return [name, absent === undefined ? schema : schema.exactOptional()];
    }),
  ),
) as unknown as z.ZodType<RunOptions>;

/**
 * Stored options as those of today, still to be checked: an option that was not there yet has its usual value.
 * Version 1 (Tessera 0.1) took unscrambled designs exactly for the numbers of the paper.
 */
export function migrateOptions(json: unknown, version: number): unknown {
  if (typeof json !== 'object' || json === null) return json;
  const stored = json as Readonly<Record<string, unknown>>;
  if (version >= OPTIONS_VERSION) return { ...DEFAULT_OPTIONS, ...stored };
  const craft = Object.entries(CRAFT_DEFAULTS).every(([name, value]) => stored[name] === value);
  const bounded = Object.entries(stored).map(([name, value]) => [name, withinBounds(name, value)]);
  return { ...DEFAULT_OPTIONS, ...Object.fromEntries(bounded), craft };
}

/** The command line of 0.1 knew no upper bounds. A seed counted by its remainder; what else is too much becomes the most. */
function withinBounds(name: string, value: unknown): unknown {
  const known = OPTION_NAMES.find((one) => one === name);
  if (known === undefined || typeof value !== 'number' || known === 'concepts') return value;
  const { form } = optionOf(known);
  if (form.kind !== 'number' || value <= form.max) return value;
  return name === 'seed' ? value % 2 ** 32 : form.max;
}

/**
 * Reads stored options; `version` is the schema version of their file.
 * Throws TesseraError 'bad-project' naming every option that is wrong.
 */
export function parseRunOptions(json: unknown, version: number): RunOptions {
  const parsed = STORED_OPTIONS.safeParse(migrateOptions(json, version));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'options'}: ${message}`);
  throw new TesseraError('bad-project', `The options of the run are not valid: ${faults.join('; ')}.`, {
    hint: 'Start the run again with options of your choice.',
    cause: parsed.error,
  });
}
