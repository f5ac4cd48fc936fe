import { extent, line, scaleLinear } from 'd3';
import type { Frontier, FrontierPoint } from '../../metrics/frontier.ts';
import { shortPercentText } from '../../wording/number-text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { ticksBelow } from './axes.ts';

const PLOT = { width: 330, height: 200 } as const;
const LEFT = 38;
const TOP = 12;
const NAMES = 180;

/** The line style of each layer, from those of the orders. */
const STYLES = ['size', 'gradient', 'random', 'sobol'];

/**
 * What no concept explains against the concepts active in an image, one line a layer, the number of concepts in each
 * circle; dashed where two halves of the images give other concepts, bold what the comparison argues for.
 */
export function frontierChart({ points, suggested }: Frontier): Html {
  const [, most = 1] = extent(points, ({ active }) => active);
  const [, highest = 0.12] = extent(points, ({ rest }) => rest.mean);
  const x = scaleLinear()
    .domain([0, Math.max(1, most)])
    .range([LEFT, LEFT + PLOT.width])
    .nice();
  const y = scaleLinear()
    .domain([0, Math.max(0.12, highest)])
    .range([TOP + PLOT.height, TOP])
    .nice(4);
  const path = line<FrontierPoint>(
    ({ active }) => x(active),
    ({ rest }) => y(rest.mean),
  );
  const layers = [...new Set(points.map(({ layer }) => layer))];
  const right = LEFT + PLOT.width;
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
    ${layers.map((layer, at) => {
      const style = STYLES[at % STYLES.length];
      const top = TOP + 10 + at * 20;
      return html`<path
          class="curve ${style}"
          d="${path(points.filter((one) => one.layer === layer)) ?? ''}"
        />
        <line class="curve ${style}" x1="${right + 12}" y1="${top - 4}" x2="${right + 32}" y2="${top - 4}" />
        <text class="key-name" x="${right + 39}" y="${top}">${shortened(layer)}</text>`;
    })}
    ${points.map((point) => circle(point, x(point.active), y(point.rest.mean), suggested))}
  </svg>`;
}

function circle(
  { layer, r, stability }: FrontierPoint,
  x: number,
  y: number,
  best: Frontier['suggested'],
): Html {
  const isBest = layer === best.layer && r === best.r;
  const kind = `${isBest ? 'best' : ''} ${stability < 0.75 ? 'unstable' : ''}`.trim();
  return html`<circle class="choice ${kind}" cx="${x}" cy="${y}" r="10" />
    <text class="tick" x="${x}" y="${y + 4}" text-anchor="middle">${r}</text>`;
}

function shortened(layer: string): string {
  return layer.length > 22 ? `…${layer.slice(-21)}` : layer;
}
