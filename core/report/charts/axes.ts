import { numberText } from '../../wording/number-text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** A linear scale as d3 makes it, as far as an axis asks. */
interface AxisScale {
  (value: number): number;
  ticks(count: number): number[];
}

/** Lines across a plot from `left` to `right` with their values at the left. */
export function gridLines(y: AxisScale, left: number, right: number, text = numberText): Html[] {
  return y
    .ticks(4)
    .map(
      (tick) =>
        html`<line class="grid" x1="${left}" y1="${y(tick)}" x2="${right}" y2="${y(tick)}" />
          <text class="tick" x="${left - 6}" y="${y(tick) + 4}" text-anchor="end">${text(tick)}</text>`,
    );
}

/** Values below a plot whose lower edge is at `floor`. */
export function ticksBelow(values: readonly number[], x: (value: number) => number, floor: number): Html[] {
  return values.map(
    (value) =>
      html`<text class="tick" x="${x(value)}" y="${floor + 16}" text-anchor="middle">${value}</text>`,
  );
}
