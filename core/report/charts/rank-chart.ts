import { line, scaleLinear } from 'd3';
import type { RankCurve, RankPoint } from '../../metrics/evaluation.ts';
import { RANK_FIGURES } from '../../wording/evaluation-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { gridLines, ticksBelow } from './axes.ts';

const PLOT = { width: 300, height: 170 } as const;
const LEFT = 34;
const TOP = 8;
const RIGHT = 190;

/** The line style of each figure, from those of the orders. */
const STYLES = { r2: 'sobol', stability: 'gradient', importanceMass: 'size' } as const;

const SERIES = RANK_FIGURES.map(([field, label]) => ({
  name: STYLES[field],
  label,
  value: (point: RankPoint): number | undefined => point[field],
}));

/** What each number of concepts would have achieved on images that the bank has not seen; `used` is the run's own number. */
export function rankChart({ points, suggested }: RankCurve, used: number): Html {
  const most = points.at(-1)!.r;
  const x = scaleLinear()
    .domain([0, Math.max(most, used)])
    .range([LEFT, LEFT + PLOT.width]);
  const values = points.flatMap((point) => SERIES.map(({ value }) => value(point) ?? 1));
  // Lines need no zero; the least tenth below all of them shows what differs.
  const low = Math.floor(10 * Math.min(0.9, ...values)) / 10;
  const y = scaleLinear()
    .domain([low, 1])
    .range([TOP + PLOT.height, TOP]);
  const ends = labelPlaces(points.at(-1)!, y);
  return html`<svg
    class="curves"
    viewBox="0 0 ${LEFT + PLOT.width + RIGHT} ${TOP + PLOT.height + 38}"
    role="img"
    aria-label="${`Variation kept, concepts found again and importance on them for ${points.length} numbers of concepts; the evidence argues for ${suggested}`}"
  >
    ${gridLines(y, LEFT, LEFT + PLOT.width)}
    <line class="diagonal" x1="${x(used)}" y1="${TOP}" x2="${x(used)}" y2="${TOP + PLOT.height}" />
    ${SERIES.map(({ name, label, value }) => {
      const path = line<RankPoint>(
        ({ r }) => x(r),
        (point) => y(value(point) ?? NaN),
      ).defined((point) => value(point) !== undefined);
      const end = ends.get(name);
      return html`<path class="curve ${name}" d="${path([...points]) ?? ''}" /> ${points.map(
          (point) =>
            value(point) !== undefined &&
            html`<circle class="dot ${name}" cx="${x(point.r)}" cy="${y(value(point)!)}" r="2.5" />`,
        )}
        ${end !== undefined && html`<text class="label" x="${LEFT + PLOT.width + 8}" y="${end + 4}">${label}</text>`}`;
    })}
    ${ticksBelow(
      points.map(({ r }) => r),
      x,
      TOP + PLOT.height,
    )}
    <text class="label" x="${LEFT + PLOT.width / 2}" y="${TOP + PLOT.height + 34}" text-anchor="middle">
      number of concepts; dashed: this run
    </text>
  </svg>`;
}

/** Heights of the labels at the right ends of the lines, moved apart so that none covers another. */
function labelPlaces(last: RankPoint, y: (value: number) => number): Map<string, number> {
  const wanted = SERIES.flatMap(({ name, value }) => {
    const at = value(last);
    return at === undefined ? [] : [{ name, top: y(at) }];
  }).sort((a, b) => a.top - b.top);
  let free = -Infinity;
  return new Map(
    wanted.map(({ name, top }) => {
      free = Math.max(top, free + 14);
      return [name, free];
    }),
  );
}
