import { existsSync } from 'node:fs';
import path from 'node:path';
import { takenWords, type OptionForm } from '../../core/concepts/option-forms.ts';
import { OPTION_NAMES, optionOf, type OptionName, type RunOptions } from '../../core/concepts/run-options.ts';
import { TesseraError } from '../../core/errors.ts';
import { allPresets } from '../../core/images/preprocessing-presets.ts';
import { nearestNames } from '../../core/nearest-names.ts';
import { HELP_HINT, type OptionTable, type ParsedArguments } from './arguments.ts';

/** What every command that opens a model may be told of it. */
export const INTAKE_OPTIONS = [
  'labels',
  'labelShift',
  'preprocessing',
  'alpha',
  'output',
  'task',
  'threshold',
] as const;

/** Some options of a run, or all, as `parseArguments` takes them. */
export function optionTable(names: readonly OptionName[] = OPTION_NAMES): OptionTable {
  return Object.fromEntries(
    names.map((name) => {
      const { flag, form } = optionOf(name);
      const multiple = form.kind === 'texts' || form.kind === 'choices' || sharersOf(flag).length > 1;
      const takes = takenWords(formOfOne(formOfFlag(flag, form)));
      return [flag, { type: form.kind === 'flag' ? 'boolean' : 'string', multiple, takes }] as const;
    }),
  );
}

/** The options of one flag: where there are several, all are choices, and a value says which is meant. */
function sharersOf(flag: string): OptionName[] {
  return OPTION_NAMES.filter((name) => optionOf(name).flag === flag);
}

/** What a flag takes: what its option does, or any of its options. */
function formOfFlag(flag: string, form: OptionForm): OptionForm {
  const forms = sharersOf(flag).map((name) => optionOf(name).form);
  if (forms.length === 1) return form;
  return { kind: 'choice', choices: forms.flatMap((one) => ('choices' in one ? one.choices : [])) };
}

/** Options that were said. */
export type SaidOptions = { readonly [Name in OptionName]?: Exclude<RunOptions[Name], undefined> };

/** Every option that was said, checked by the table. Throws as {@link readOption}. */
export function readOptions(args: ParsedArguments): SaidOptions {
  const said = OPTION_NAMES.map((name) => [name, readOption(args, name)] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

/** Options with the whole paths of files and folders, so that what is stored means the same from any folder. */
export function withWholePaths(said: SaidOptions): SaidOptions {
  const whole = Object.entries(said).map(([key, value]) => {
    const name = key as OptionName;
    const isPath = optionOf(name).isPath === true && !(name === 'preprocessing' && isPreset(String(value)));
    return [name, !isPath ? value : Array.isArray(value) ? value.map(wholePath) : wholePath(String(value))];
  });
  return Object.fromEntries(whole) as SaidOptions;
}

/** A name among the presets, or one that was meant for it: no file is called so. */
function isPreset(value: string): boolean {
  return allPresets.some((preset) => preset === value) || !existsSync(value);
}

function wholePath(value: string): string {
  return path.resolve(value);
}

/** One option as it was said; TesseraError 'bad-usage' telling what it takes. */
export function readOption<Name extends OptionName>(
  args: ParsedArguments,
  name: Name,
): SaidOptions[Name] | undefined {
  const { flag, form, schema, placeholder } = optionOf(name);
  const value =
    form.kind === 'flag'
      ? args.choice(flag)
      : sharersOf(flag).length > 1
        ? sharedValue(args, flag, form)
        : valueOf(args, flag, form);
  if (value === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data as SaidOptions[Name];
  // Of several the one that is wrong; of a number the text, as it was written.
  const wrong = args.text(flag) ?? args.texts(flag)[Number(parsed.error.issues[0].path[0] ?? 0)];
  throw refused(flag, form, placeholder, wrong);
}

/** Of the values of a flag that has several options the last that this one takes. */
function sharedValue(args: ParsedArguments, flag: string, form: OptionForm): string | undefined {
  const takes = (own: OptionForm, text: string): boolean =>
    'choices' in own && own.choices.some(({ value }) => value === text);
  const whole = formOfFlag(flag, form);
  const wrong = args.texts(flag).find((text) => !takes(whole, text));
  if (wrong !== undefined) throw refused(flag, whole, undefined, wrong);
  return args.texts(flag).findLast((text) => takes(form, text));
}

function valueOf(args: ParsedArguments, flag: string, form: OptionForm): unknown {
  if (form.kind === 'texts' || form.kind === 'choices') {
    const values = args.texts(flag);
    return values.length === 0 ? undefined : values;
  }
  const text = args.text(flag);
  // Number('') is 0.
  const isNumber = form.kind === 'number' || form.kind === 'real';
  return isNumber && text !== undefined && /\d/.test(text) ? Number(text) : text;
}

function refused(flag: string, form: OptionForm, placeholder: string | undefined, got: string): TesseraError {
  if ((form.kind === 'choice' || form.kind === 'choices') && placeholder !== undefined) {
    const names = form.choices.map(({ value }) => value);
    const hint = `Nearest: ${nearestNames(got, names).join(', ')}. All: ${names.join(', ')}.`;
    return badUsage(`--${flag} takes the name of a ${placeholder.toLowerCase()}; got "${got}".`, hint);
  }
  return badUsage(`--${flag} takes ${takenWords(formOfOne(form))}; got "${got}".`);
}

/** The form of a single value, which is what stands after an option. */
function formOfOne(form: OptionForm): OptionForm {
  if (form.kind === 'texts') return { kind: 'text' };
  return form.kind === 'choices' ? { kind: 'choice', choices: form.choices } : form;
}

function badUsage(message: string, hint = HELP_HINT): TesseraError {
  return new TesseraError('bad-usage', message, { hint });
}
