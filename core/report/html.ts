import { invariant } from '../errors.ts';
import { shownName } from '../wording/shown-name.ts';

const SAFE: unique symbol = Symbol('safe markup');

/** Markup that is safe to print as it is; only {@link html} and {@link trustedMarkup} make it. */
export interface Html {
  readonly markup: string;
  readonly [SAFE]: true;
}

/** What a template may hold. Strings and numbers are escaped; nothing is printed for undefined and false. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * A template whose values are text unless they are markup made by another template: file names, labels and
 * layer names cannot become elements or leave a quoted attribute. Attributes must be quoted in the template.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return trustedMarkup(parts.reduce((text, part, index) => text + markupOf(values[index - 1]) + part));
}

/** Declares our own constant text, such as a style sheet, to be markup. Never give it anything from outside. */
export function trustedMarkup(markup: string): Html {
  return { markup, [SAFE]: true };
}

/** Text in which no character can open or close an element, an attribute or an entity, or turn the text around it. */
function escapeHtml(text: string): string {
  return shownName(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character]);
}

function markupOf(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  if (isList(value)) return value.map(markupOf).join('');
  invariant(Object.hasOwn(value, SAFE), 'html: a value is neither text nor markup of a template');
  return value.markup;
}

function isList(value: Html | readonly HtmlValue[]): value is readonly HtmlValue[] {
  return Array.isArray(value);
}
