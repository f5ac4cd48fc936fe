import { extent, line, scaleLinear, area as areaPath } from 'd3';
import type { StoredCurves, StoredOrder } from '../../metrics/evaluation.ts';
import { ORDER_NAMES } from '../../wording/evaluation-words.ts';
import { decimalEstimateText } from '../../wording/number-text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { gridLines, ticksBelow } from './axes.ts';

const PLOT = { width: 300, height: 190 } as const;
const LEFT = 34;
const TOP = 8;
const KEY = 178;
const KEY_ROW = 34;

/**
 * The score as concepts are taken away (or put in) one after another in several orders, on a scale from 0
 * (nothing) to 1 (the model's own), over the band that holds 95 % of random orders; the last step is what no concept explains. Undefined where there is no scale.
 */
export function orderCurves(kind: 'deletion' | 'insertion', curves: StoredCurves): Html | undefined {
  const { random, orders } = curves;
  const drawn = ORDER_NAMES.flatMap(([name, label]) => {
    const order = orders[name];
    return order?.scores === undefined ? [] : [{ ...order, scores: order.scores, name, label }];
  });
  const { scores: mean, band } = random;
  if (drawn.length === 0 || mean === undefined || band === undefined) return undefined;
  const r = mean.length - 1;
  const [low = 0, high = 1] = extent([
    0,
    1,
    ...band.low,
    ...band.high,
    ...drawn.flatMap(({ scores }) => scores),
  ]);
  const x = scaleLinear()
    .domain([0, r])
    .range([LEFT, LEFT + PLOT.width]);
  const y = scaleLinear()
    .domain([low, high])
    .nice(4)
    .range([TOP + PLOT.height, TOP]);
  const path = line<number>(
    (_, k) => x(k),
    (score) => y(score),
  );
  const ribbon = areaPath<number>(
    (_, k) => x(k),
    (_, k) => y(band.low[k]),
    (_, k) => y(band.high[k]),
  );
  const word = kind === 'deletion' ? 'taken away' : 'put in';
  const hasRest = curves.hasRest ?? false;
  const counts = x.ticks(Math.min(r, 8)).filter((k) => Number.isInteger(k) && !(hasRest && x(r) - x(k) < 24));
  return html`<svg
    class="curves"
    viewBox="0 0 ${LEFT + PLOT.width + KEY} ${TOP + PLOT.height + 38}"
    role="img"
    aria-label="${labelOf(word, drawn, random.auc)}"
  >
    ${gridLines(y, LEFT, LEFT + PLOT.width)} ${ticksBelow(counts, x, TOP + PLOT.height)}
    ${
      hasRest &&
      html`<text class="tick" x="${x(r)}" y="${TOP + PLOT.height + 16}" text-anchor="middle">rest</text>`
    }
    <path class="band" d="${rounded(ribbon(mean))}" />
    <path class="curve random" d="${rounded(path(mean))}" />
    ${drawn.toReversed().map(({ name, scores }) => html`<path class="curve ${name}" d="${rounded(path(scores))}" />`)}
    <text class="label" x="${LEFT + PLOT.width / 2}" y="${TOP + PLOT.height + 34}" text-anchor="middle">
      concepts ${word}
    </text>
    ${key(drawn, random)}
  </svg>`;
}

type Drawn = StoredOrder & { readonly name: string; readonly label: string };

/** One entry a line, with its area and the interval of that. */
function key(drawn: readonly Drawn[], random: StoredCurves['random']): Html[] {
  const entries = [...drawn, { name: 'random', label: 'random orders', ...random }];
  const left = LEFT + PLOT.width + 14;
  return entries.map(({ name, label, auc, interval }, row) => {
    const top = TOP + 10 + row * KEY_ROW;
    return html`${
        name === 'random' && html`<rect class="band" x="${left}" y="${top - 9}" width="20" height="10" />`
      }<line class="curve ${name}" x1="${left}" y1="${top - 4}" x2="${left + 20}" y2="${top - 4}" />
      <text class="key-name" x="${left + 27}" y="${top}">${label}</text>
      <text class="label" x="${left + 27}" y="${top + 14}">
        area ${decimalEstimateText(auc, interval)}
      </text>`;
  });
}

function labelOf(word: string, drawn: readonly Drawn[], random: number | undefined): string {
  const areas = drawn.map(({ label, auc }) => `${label} ${decimalEstimateText(auc)}`);
  return `Score as concepts are ${word}; area under the curve ${areas.join(', ')}, random orders ${decimalEstimateText(random)}`;
}

/** Path data with one decimal: the file remains small. */
function rounded(path: string | null): string {
  return (path ?? '').replace(/-?\d+\.\d+/g, (digits) => String(Math.round(Number(digits) * 10) / 10));
}
