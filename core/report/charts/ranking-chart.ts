import { scaleLinear } from 'd3';
import type { Concept, Estimate, Explanation } from '../../concepts/explanation.ts';
import { UNEXPLAINED } from '../../wording/claim-words.ts';
import { hasInterval, overImagesText, percentText, shortPercentText } from '../../wording/number-text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { colourStyle, swatch } from '../sections/swatch.ts';

interface Scale {
  /** Position on the axis in per cent of its width. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

const ROW_HEIGHT = 28;
const BAR_HEIGHT = 12;

/**
 * Importance of every concept as a table whose cells are drawn: a bar to the mean, a whisker over the 95 %
 * interval, and a bracket around the concepts of one tier; last, what no concept explains, where it was weighed. Positions are percentages, so the text keeps its size
 * at any width.
 */
export function rankingChart({
  concepts,
  rest,
  images,
}: Pick<Explanation, 'concepts' | 'rest' | 'images'>): Html {
  const scale = scaleOf([...concepts.map(({ importance }) => importance), ...(rest ? [rest] : [])]);
  return html`<table class="ranking">
    <caption class="visually-hidden">
      Concepts by importance, with the 95&nbsp;% interval of each
    </caption>
    <thead>
      <tr>
        <th scope="col">Concept</th>
        <th scope="col" class="plot-head">How much the score depends on it</th>
        <th scope="col" class="number">Share</th>
        <th scope="col" class="number">95&nbsp;% interval</th>
        <th scope="col"><span class="visually-hidden">Ties</span></th>
      </tr>
    </thead>
    ${tiersOf(concepts).map((tier) => tierRows(tier, concepts, scale, images.length))}${rest && restRow(rest, scale, images.length)}
    <tfoot>
      <tr>
        <td></td>
        <td class="plot">${axis(scale)}</td>
        <td colspan="3"></td>
      </tr>
    </tfoot>
  </table>`;
}

function scaleOf(estimates: readonly Estimate[]): Scale {
  const lows = estimates.map(({ low }) => low);
  const highs = estimates.map(({ high }) => high);
  const [, end] = scaleLinear()
    .domain([0, Math.max(0.01, ...highs)])
    .nice(5)
    .domain();
  // An interval that barely crosses zero must not cost a tenth of the width, so only the upper end is rounded.
  const at = scaleLinear()
    .domain([Math.min(0, ...lows), end])
    .range([0, 100]);
  return { at: (value) => rounded(at(value)), ticks: at.ticks(3) };
}

/** Runs of neighbours that share a tier. */
function tiersOf(concepts: readonly Concept[]): Concept[][] {
  const tiers: Concept[][] = [];
  for (const concept of concepts) {
    const last = tiers.at(-1);
    if (last?.[0].tier === concept.tier) last.push(concept);
    else tiers.push([concept]);
  }
  return tiers;
}

function tierRows(
  tier: readonly Concept[],
  concepts: readonly Concept[],
  scale: Scale,
  images: number,
): Html {
  return html`<tbody>
    ${tier.map(
      (concept, index) =>
        html`<tr>
          <th scope="row">
            <a href="#${concept.id}">${swatch(concepts.indexOf(concept))}<bdi>${concept.name}</bdi></a>
          </th>
          <td class="plot">${bar(concept.importance, scale, concepts.indexOf(concept))}</td>
          <td class="number strong">${percentText(concept.importance.mean)}</td>
          <td class="number quiet">${overImagesText(concept.importance, images)}</td>
          ${index === 0 && bracket(tier.length)}
        </tr>`,
    )}
  </tbody>`;
}

function restRow(rest: Estimate, scale: Scale, images: number): Html {
  return html`<tbody>
    <tr class="rest">
      <th scope="row">${UNEXPLAINED}</th>
      <td class="plot">${bar(rest, scale)}</td>
      <td class="number">${percentText(rest.mean)}</td>
      <td class="number quiet">${overImagesText(rest, images)}</td>
      <td class="ties"></td>
    </tr>
  </tbody>`;
}

function bracket(size: number): Html {
  if (size === 1) return html`<td class="ties"></td>`;
  return html`<td class="ties tied" rowspan="${size}"><span>not distin&shy;guishable</span></td>`;
}

/** Of a concept in its colour, by its rank. */
function bar(estimate: Estimate, { at, ticks }: Scale, rank?: number): Html {
  const [zero, mean, low, high] = [0, estimate.mean, estimate.low, estimate.high].map(at);
  const top = (ROW_HEIGHT - BAR_HEIGHT) / 2;
  const middle = ROW_HEIGHT / 2;
  return html`<svg
    width="100%"
    height="${ROW_HEIGHT}"
    aria-hidden="true"
    style="${rank === undefined ? '' : colourStyle(rank)}"
  >
    ${ticks.map((tick) => line('grid', at(tick), 0, at(tick), ROW_HEIGHT))}
    <rect
      class="bar"
      x="${Math.min(zero, mean)}%"
      y="${top}"
      width="${rounded(Math.abs(mean - zero))}%"
      height="${BAR_HEIGHT}"
    />
    ${
      hasInterval(estimate) && [
        line('halo', low, middle, high, middle),
        line('whisker', low, middle, high, middle),
        line('whisker', low, middle - 4, low, middle + 4),
        line('whisker', high, middle - 4, high, middle + 4),
      ]
    }
  </svg>`;
}

function axis({ at, ticks }: Scale): Html {
  return html`<svg width="100%" height="18" aria-hidden="true">
    ${ticks.map(
      (tick) =>
        html`<text class="tick" x="${at(tick)}%" y="13" text-anchor="${anchorAt(at(tick))}">
          ${shortPercentText(tick)}
        </text>`,
    )}
  </svg>`;
}

function line(className: string, x1: number, y1: number, x2: number, y2: number): Html {
  return html`<line class="${className}" x1="${x1}%" y1="${y1}" x2="${x2}%" y2="${y2}" />`;
}

function anchorAt(percent: number): string {
  if (percent < 2) return 'start';
  return percent > 98 ? 'end' : 'middle';
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
