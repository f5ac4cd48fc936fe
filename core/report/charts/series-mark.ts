import { symbol, symbolCircle, symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye } from 'd3';
import { conceptMark } from '../../wording/concept-colours.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** Marks that are told apart without their colours. */
const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolWye, symbolStar].map(
  (shape) => symbol(shape, 64)(),
);

/** Blue, orange, green, … of the colours that concepts have, so that neighbours differ most. */
const COLOURS = [4, 5, 2, 6, 0, 1, 7, 3];

/** The style of a group of marks of series `at`. */
export function seriesStyle(at: number): string {
  return `--series: ${conceptMark(COLOURS[at % COLOURS.length])}`;
}

/** The mark of series `at` at a place. */
export function seriesMark(at: number, x: number, y: number): Html {
  return html`<path
    class="series-mark"
    d="${SHAPES[at % SHAPES.length] ?? ''}"
    transform="translate(${x} ${y})"
  />`;
}
