import { z } from 'zod';

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
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly auto?: string };

/** A form with the check of its values. */
export interface Formed<Value> {
  readonly form: OptionForm;
  readonly schema: z.ZodType<Value>;
}

/** Any text but the empty one. */
export function text(): Formed<string> {
  return { form: { kind: 'text' }, schema: z.string().min(1).max(4096) };
}

/** One text or more. */
export function texts(): Formed<readonly string[]> {
  return { form: { kind: 'texts' }, schema: z.array(z.string().min(1).max(4096)).min(1).max(10_000) };
}

/** Yes or no. */
export function flag(): Formed<boolean> {
  return { form: { kind: 'flag' }, schema: z.boolean() };
}

/** One of the names of a record of names and labels. */
export function choice<Name extends string>(labels: Readonly<Record<Name, string>>): Formed<Name> {
  return { form: { kind: 'choice', choices: choicesOf(labels) }, schema: oneOf(labels) };
}

/** One or more of the names of a record of names and labels, each once. */
export function choices<Name extends string>(
  labels: Readonly<Record<Name, string>>,
): Formed<readonly Name[]> {
  return { form: { kind: 'choices', choices: choicesOf(labels) }, schema: z.array(oneOf(labels)).min(1) };
}

/** A whole number from `min` to `max`. */
export function whole(min: number, max: number): Formed<number> {
  return {
    form: { kind: 'number', min, max },
    schema: wholeSchema(min, max, `expected ${wholeWords(min, max)}`),
  };
}

/** A whole number from `min` to `max`, or "auto", which does what `auto` says. */
export function wholeOrAuto(min: number, max: number, auto: string): Formed<number | 'auto'> {
  const fault = `expected ${wholeWords(min, max)}, or "auto"`;
  const schema = z.union([wholeSchema(min, max, fault), z.literal('auto')], fault);
  return { form: { kind: 'number', min, max, auto }, schema };
}

function wholeSchema(min: number, max: number, fault: string): z.ZodType<number> {
  return z.int(fault).min(min, fault).max(max, fault);
}

function wholeWords(min: number, max: number): string {
  return `a whole number from ${min} to ${max}`;
}

function choicesOf(labels: Readonly<Record<string, string>>): OptionChoice[] {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

function oneOf<Name extends string>(labels: Readonly<Record<Name, string>>): z.ZodType<Name> {
  const names = Object.keys(labels) as [Name, ...Name[]];
  return z.enum(names, `expected one of ${names.join(', ')}`);
}
