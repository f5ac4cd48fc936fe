import { quantileSorted, scaleLinear } from 'd3';
import { numberText } from '../../wording/number-text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { colourStyle } from '../sections/swatch.ts';

const MOST_TICKS = 200;
const HEIGHT = 22;

/**
 * One tick an image: how strong the concept is where it is strongest in that image. More than 200 images are
 * shown by 200 quantiles.
 */
export function strengthStrip(strengths: readonly number[], rank: number): Html | undefined {
  const sorted = strengths.filter(Number.isFinite).sort((a, b) => a - b);
  const most = sorted.at(-1);
  if (most === undefined || most <= 0) return undefined;
  const at = scaleLinear()
    .domain([Math.min(0, sorted[0]), most])
    .range([0.5, 99.5]);
  return html`<figure class="strip">
    <svg
      width="100%"
      height="${HEIGHT}"
      role="img"
      aria-label="${stripLabel(sorted)}"
      style="${colourStyle(rank)}"
    >
      <line class="baseline" x1="0" y1="${HEIGHT - 1}" x2="100%" y2="${HEIGHT - 1}" />
      ${thinned(sorted).map((value) => {
        const x = `${at(value).toFixed(2)}%`;
        return html`<line class="strip-tick" x1="${x}" y1="3" x2="${x}" y2="${HEIGHT - 2}" />`;
      })}
    </svg>
    <figcaption><span>absent</span><span>largest ${numberText(most)}</span></figcaption>
  </figure>`;
}

function thinned(sorted: readonly number[]): readonly number[] {
  if (sorted.length <= MOST_TICKS) return sorted;
  return Array.from({ length: MOST_TICKS }, (_, i) => quantileSorted([...sorted], i / (MOST_TICKS - 1))!);
}

function stripLabel(sorted: readonly number[]): string {
  const median = quantileSorted([...sorted], 0.5)!;
  return `Amount in each of ${sorted.length} images: median ${numberText(median)}, largest ${numberText(sorted.at(-1)!)}`;
}
