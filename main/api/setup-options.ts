import { z } from 'zod';
import { OPTION_GROUPS } from '../../core/concepts/option-table.ts';
import { OPTION_NAMES, optionOf, type OptionName } from '../../core/concepts/run-options.ts';
import type { OptionChanges, OptionControl, SetupOptionName } from './setup-data.ts';

/** Options that the setup holds in parts of its own. */
const PARTS = {
  model: true,
  images: true,
  class: true,
  labels: true,
  preprocessing: true,
} as const satisfies Record<Exclude<OptionName, SetupOptionName>, true>;

/** Names of the options that a person sets one by one, in the order of the table. */
export const SETUP_OPTIONS = OPTION_NAMES.filter(
  (name): name is SetupOptionName => !Object.hasOwn(PARTS, name),
);

/** Checks {@link OptionChanges}. */
export const OPTION_CHANGES = z.strictObject({
  classIndex: z.int().nonnegative().nullable().exactOptional(),
  isNot: z.literal(true).nullable().exactOptional(),
  ...Object.fromEntries(
    SETUP_OPTIONS.map((name) => [name, optionOf(name).schema.nullable().exactOptional()]),
  ),
}) as unknown as z.ZodType<OptionChanges>;

/** The options that a person sets one by one, as controls. */
export function optionControls(): OptionControl[] {
  return SETUP_OPTIONS.map((name) => {
    const { label, note, group, form, visibility, absent, default: usual } = optionOf(name);
    return {
      ...{ name, label, note, group: OPTION_GROUPS[group], form, visibility },
      ...(absent !== undefined && { absent }),
      ...(usual !== undefined && { usual }),
    };
  });
}
