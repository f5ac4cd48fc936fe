import type { z } from 'zod';
import { RUN_OPTIONS, type IMAGE_SELECTIONS, type OptionFacts, type OptionReader } from './option-table.ts';
import type { Formed, OptionValue } from './option-forms.ts';

/** A name of {@link IMAGE_SELECTIONS}. */
export type ImageSelection = keyof typeof IMAGE_SELECTIONS;

type Table = typeof RUN_OPTIONS;
type ValueOf<Name extends OptionName> = z.infer<Table[Name]['schema']>;
type Optional = { [Name in OptionName]: Table[Name] extends { absent: string } ? Name : never }[OptionName];
type Defaulted = {
  [Name in OptionName]: Table[Name] extends { default: unknown } ? Name : never;
}[OptionName];
type Flat<T> = { readonly [Key in keyof T]: T[Key] };

/** Name of an option, as it is stored. */
export type OptionName = keyof Table;

/** All options of a run; stored with it, so that it can be repeated. */
export type RunOptions = Flat<
  { [Name in Exclude<OptionName, Optional>]: ValueOf<Name> } & { [Name in Optional]?: ValueOf<Name> }
>;

/** What has to be said, and what may be. */
export type GivenOptions = Flat<
  { [Name in Exclude<OptionName, Optional | Defaulted>]: ValueOf<Name> } & {
    [Name in Optional | Defaulted]?: ValueOf<Name>;
  }
>;

/** The options that a stage reads. */
export type OptionsReadBy<Reader extends OptionReader> = Pick<
  RunOptions,
  { [Name in OptionName]: Reader extends Table[Name]['reads'][number] ? Name : never }[OptionName]
>;

/** Names of all options, in the order of the table. */
export const OPTION_NAMES = Object.keys(RUN_OPTIONS) as OptionName[];

/** What the table says of an option, whichever it is. */
export function optionOf(name: OptionName): Formed<unknown> & OptionFacts<OptionValue> {
  return RUN_OPTIONS[name];
}

/** The paper's settings, for comparison with deel-ai/Craft; what `craft` takes for what is not said. */
export const CRAFT_DEFAULTS = { design: 'halton', samples: 32, replicates: 1 } as const;

/** What a bank of all classes takes for what is not said: as many concepts as follow from the classes, refined for them. */
const SHARED_DEFAULTS = { concepts: 'auto', refine: true } as const;

/** Values taken for what is not said; where there is none, the option remains absent. */
export const DEFAULT_OPTIONS = Object.fromEntries(
  Object.entries(RUN_OPTIONS).flatMap(([name, facts]) => ('default' in facts ? [[name, facts.default]] : [])),
) as unknown as { readonly [Name in Defaulted]: ValueOf<Name> };

/** Values taken for what is not said, beside `craft` and `sharing` as they are. */
export function usualOptions({
  craft = DEFAULT_OPTIONS.craft,
  sharing,
}: {
  readonly craft?: boolean | undefined;
  readonly sharing?: RunOptions['sharing'] | undefined;
}): Pick<RunOptions, Defaulted> {
  return {
    ...DEFAULT_OPTIONS,
    craft,
    ...(craft && CRAFT_DEFAULTS),
    ...(sharing === 'shared' && SHARED_DEFAULTS),
  };
}

/** All options, from those that were said. */
export function resolveOptions(given: GivenOptions): RunOptions {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...usualOptions(given), ...said } as RunOptions;
}

/** Does a stage read an option? */
function reads(reader: OptionReader, name: OptionName): boolean {
  return optionOf(name).reads.includes(reader);
}

/** Of all options those that a stage reads, in the order of the table: what it is given, and what names its result. */
export function optionsReadBy<Reader extends OptionReader>(
  reader: Reader,
  options: RunOptions,
): OptionsReadBy<Reader> {
  const read = OPTION_NAMES.filter((name) => reads(reader, name) && options[name] !== undefined);
  return Object.fromEntries(read.map((name) => [name, options[name]])) as unknown as OptionsReadBy<Reader>;
}
