import { z } from 'zod';
import { countText } from '../wording/count-text.ts';
import { numberWords, wholeWords } from '../wording/option-words.ts';

/** The value of any option. */
export type OptionValue = string | number | boolean | readonly string[];

/** One of the values that a choice offers, with its words for people. */
interface OptionChoice {
  readonly value: string;
  readonly label: string;
}

/** The form of an option's value: from it follow the check, the reader of the command line and the control in the window. */
export type OptionForm =
  | { readonly kind: 'text' | 'texts' | 'flag' }
  /** One of the choices, or with `choices` one or more of them. */
  | { readonly kind: 'choice' | 'choices'; readonly choices: readonly OptionChoice[] }
  /** A whole number from `min` to `max`, or the word "auto" where `auto` says what that does. */
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly auto?: string }
  /** Any number from `min` to `max`. */
  | { readonly kind: 'real'; readonly min: number; readonly max: number };

/** A form with the check of its values. */
export interface Formed<Value> {
  readonly form: OptionForm;
  readonly schema: z.ZodType<Value>;
}

/** Longest text, and most texts, that an option takes. */
const [LONGEST, MOST_TEXTS] = [4096, 10_000];

/** What an option takes, in words that every surface uses when it refuses a value. */
export function takenWords(form: OptionForm): string {
  switch (form.kind) {
    case 'text':
      return `a text of 1 to ${countText(LONGEST)} characters`;
    case 'texts':
      return `one to ${countText(MOST_TEXTS)} texts of 1 to ${countText(LONGEST)} characters`;
    case 'flag':
      return 'true or false';
    case 'choice':
      return `one of ${namesOf(form)}`;
    case 'choices':
      return `one or more of ${namesOf(form)}`;
    case 'number':
      return `${wholeWords(form.min, form.max)}${form.auto === undefined ? '' : ', or "auto"'}`;
    case 'real':
      return numberWords(form.min, form.max);
  }
}

/** Any text but the empty one. */
export function text(): Formed<string> {
  return formed({ kind: 'text' }, (fault) => textSchema(fault));
}

/** One text or more. */
export function texts(): Formed<readonly string[]> {
  return formed({ kind: 'texts' }, (fault) =>
    z.array(textSchema(fault), fault).min(1, fault).max(MOST_TEXTS, fault),
  );
}

/** Yes or no. */
export function flag(): Formed<boolean> {
  return formed({ kind: 'flag' }, (fault) => z.boolean(fault));
}

/** One of the names of a record of names and labels. */
export function choice<Name extends string>(labels: Readonly<Record<Name, string>>): Formed<Name> {
  return formed({ kind: 'choice', choices: choicesOf(labels) }, (fault) => oneOf(labels, fault));
}

/** One or more of the names of a record of names and labels; one that is said twice counts once. */
export function choices<Name extends string>(
  labels: Readonly<Record<Name, string>>,
): Formed<readonly Name[]> {
  const each = takenWords({ kind: 'choice', choices: choicesOf(labels) });
  return formed({ kind: 'choices', choices: choicesOf(labels) }, (fault) =>
    z
      .array(oneOf(labels, `expected ${each}`), fault)
      .min(1, fault)
      .transform((names) => [...new Set(names)]),
  );
}

/** A whole number from `min` to `max`. */
export function whole(min: number, max: number): Formed<number> {
  return formed({ kind: 'number', min, max }, (fault) => wholeSchema(min, max, fault));
}

/** Any number from `min` to `max`. */
export function real(min: number, max: number): Formed<number> {
  return formed({ kind: 'real', min, max }, (fault) => z.number(fault).min(min, fault).max(max, fault));
}

/** A whole number from `min` to `max`, or "auto", which does what `auto` says. */
export function wholeOrAuto(min: number, max: number, auto: string): Formed<number | 'auto'> {
  return formed({ kind: 'number', min, max, auto }, (fault) =>
    z.union([wholeSchema(min, max, fault), z.literal('auto')], fault),
  );
}

/** A form with a check that refuses in the words of the form. */
function formed<Value>(form: OptionForm, check: (fault: string) => z.ZodType<Value>): Formed<Value> {
  return { form, schema: check(`expected ${takenWords(form)}`) };
}

function textSchema(fault: string): z.ZodType<string> {
  return z.string(fault).min(1, fault).max(LONGEST, fault);
}

function wholeSchema(min: number, max: number, fault: string): z.ZodType<number> {
  return z.int(fault).min(min, fault).max(max, fault);
}

function choicesOf(labels: Readonly<Record<string, string>>): OptionChoice[] {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

function namesOf({ choices: offered }: { readonly choices: readonly OptionChoice[] }): string {
  return offered.map(({ value }) => value).join(', ');
}

function oneOf<Name extends string>(labels: Readonly<Record<Name, string>>, fault: string): z.ZodType<Name> {
  return z.enum(Object.keys(labels) as [Name, ...Name[]], fault);
}
