import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { conceptColour } from '../../wording/concept-colours.ts';

/** The tile that stands for a concept wherever it is named. */
export function swatch(rank: number): Html {
  return html`<span class="swatch" style="${colourStyle(rank)}" aria-hidden="true"></span>`;
}

/** Sets the custom properties from which marks of a concept take their colour in either theme. */
export function colourStyle(rank: number): string {
  const { fill, edgeOnLight, edgeOnDark } = conceptColour(rank);
  return `--fill:${fill};--edge-light:${edgeOnLight};--edge-dark:${edgeOnDark}`;
}
