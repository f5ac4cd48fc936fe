import type { Json } from '../../project/canonical-json.ts';
import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';

/** Names and values side by side; long paths and hashes wrap. */
export function factsTable(
  caption: string,
  facts: readonly (readonly [name: string, value: HtmlValue])[],
): Html {
  return html`<table class="plain">
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${facts.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Options as facts; a list is joined, an object is shown as JSON, an absent option is left out. */
export function optionFacts(
  options: Readonly<Record<string, Json | undefined>>,
): (readonly [string, string])[] {
  return Object.entries(options)
    .filter((option): option is [string, Json] => option[1] !== undefined)
    .map(([name, value]) => [name, optionText(value)] as const);
}

function optionText(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item: Json) => optionText(item)).join(', ');
  return JSON.stringify(value);
}
