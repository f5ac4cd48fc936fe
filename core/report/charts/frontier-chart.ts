import { extent, line, scaleLinear } from 'd3';
import {
  FRONTIER_BOUNDS,
  isFoundAgain,
  isSameChoice,
  type Frontier,
  type FrontierPoint,
} from '../../metrics/frontier.ts';
import { FRONTIER_AXIS, frontierTop, layerColour, layerNames } from '../../wording/frontier-words.ts';
import { shortPercentText } from '../../wording/number-text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { ticksBelow } from './axes.ts';

const PLOT = { width: 330, height: 200 } as const;
const LEFT = 38;
const TOP = 26;
/** A mark at zero stays clear of the numbers of the axis. */
const INSET = 14;
const NAMES = 180;

/**
 * What no concept explains against the concepts active in an image, one colour a layer, the number of concepts in each
 * circle, in a square of sparse ones; dashed where two halves of the images give other concepts, bold what the comparison argues for.
 */
export function frontierChart({ points, suggested }: Frontier): Html {
  const [, most = 1] = extent(points, ({ active }) => active);
  const x = scaleLinear()
    .domain([0, Math.max(1, most)])
    .range([LEFT + INSET, LEFT + PLOT.width])
    .nice();
  const y = scaleLinear()
    .domain([0, frontierTop(points.map(({ rest }) => rest.mean))])
    .range([TOP + PLOT.height - INSET, TOP])
    .nice(4);
  const path = line<FrontierPoint>(
    ({ active }) => x(active),
    ({ rest }) => y(rest.mean),
  );
  const layers = [...new Set(points.map(({ layer }) => layer))];
  const right = LEFT + PLOT.width;
  const names = layerNames(layers, 22);
  return html`<svg
    class="curves frontier"
    viewBox="0 0 ${right + NAMES} ${TOP + PLOT.height + 38}"
    role="img"
    aria-label="${`What no concept explains, against the concepts active in an image, for ${points.length} choices of layer and number; the comparison argues for ${suggested.r} at ${suggested.layer}`}"
  >
    ${y
      .ticks(4)
      .map(
        (tick) =>
          html`<line class="grid" x1="${LEFT}" y1="${y(tick)}" x2="${right}" y2="${y(tick)}" />
            <text class="tick" x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">
              ${shortPercentText(tick)}
            </text>`,
      )}
    ${ticksBelow(x.ticks(6).filter(Number.isInteger), x, TOP + PLOT.height)}
    <text class="label" x="${LEFT + PLOT.width / 2}" y="${TOP + PLOT.height + 34}" text-anchor="middle">
      concepts active in an image
    </text>
    <text class="label" x="4" y="12">${FRONTIER_AXIS}</text>
    ${
      FRONTIER_BOUNDS.rest <= y.domain()[1] &&
      html`<line
        class="bound"
        x1="${LEFT}"
        y1="${y(FRONTIER_BOUNDS.rest)}"
        x2="${right}"
        y2="${y(FRONTIER_BOUNDS.rest)}"
      />`
    }
    ${layers.map((layer, at) => {
      const top = TOP + 10 + at * 20;
      const own = points.filter((one) => one.layer === layer).sort((one, other) => one.active - other.active);
      const kinds = [own.filter(({ bank }) => bank === 'usual'), own.filter(({ bank }) => bank === 'sparse')];
      return html`<g style="${colourStyle(at)}">
          ${kinds.map((some) => html`<path class="curve layer" d="${path(some) ?? ''}" />`)}
          <line class="curve layer" x1="${right + 12}" y1="${top - 4}" x2="${right + 32}" y2="${top - 4}" />
        </g>
        <text class="key-name" x="${right + 39}" y="${top}"><title>${layer}</title>${names[at]}</text>`;
    })}
    ${points.map((point) => {
      const style = colourStyle(layers.indexOf(point.layer));
      return html`<g style="${style}">${mark(point, x(point.active), y(point.rest.mean), suggested)}</g>`;
    })}
  </svg>`;
}

/** A circle; a square for sparse concepts. */
function mark(point: FrontierPoint, x: number, y: number, best: Frontier['suggested']): Html {
  const { r, bank } = point;
  const kind = `${isSameChoice(point, best) ? 'best' : ''} ${isFoundAgain(point) ? '' : 'unstable'}`.trim();
  const corner = bank === 'sparse' ? 3 : 10;
  return html`<rect
      class="choice ${kind}"
      x="${x - 10}"
      y="${y - 10}"
      width="20"
      height="20"
      rx="${corner}"
    />
    <text class="tick" x="${x}" y="${y + 4}" text-anchor="middle">${r}</text>`;
}

function colourStyle(at: number): string {
  const { onLight, onDark } = layerColour(at);
  return `--fill:none;--edge-light:${onLight};--edge-dark:${onDark}`;
}
