import { line, scaleLinear } from 'd3';
import type { StudyFigure } from '../../study/analysis/study-figure.ts';
import { intervalText, percentText, shortPercentText } from '../../wording/number-text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { gridLines, ticksBelow } from './axes.ts';
import { seriesMark, seriesStyle } from './series-mark.ts';

const PLOT = { width: 420, height: 230 } as const;
const [LEFT, TOP] = [46, 10];
/** Room at the right for names, and what whiskers of neighbours keep apart. */
const [NAMES, APART] = [190, 9];
const NAME_ROW = 22;

/** Figures of one kind of participants, one a session. */
export interface SessionSeries {
  readonly name: string;
  readonly points: readonly StudyFigure[];
}

/** Accuracy session by session with intervals, one line a condition; dashed what guessing gives. */
export function sessionCurves(series: readonly SessionSeries[], chance: number): Html {
  const sessions = Math.max(...series.map(({ points }) => points.length));
  const ends = series.flatMap(({ points }) => points.flatMap(({ interval }) => interval?.low ?? []));
  const y = scaleLinear()
    .domain([Math.max(0, Math.min(chance - 0.05, ...ends)), 1])
    .nice(5)
    .range([TOP + PLOT.height, TOP]);
  const x = scaleLinear()
    .domain([0.5, sessions + 0.5])
    .range([LEFT, LEFT + PLOT.width]);
  const right = LEFT + PLOT.width;
  const numbers = Array.from({ length: sessions }, (_, k) => k + 1);
  return html`<svg
    class="curves sessions"
    viewBox="0 0 ${right + NAMES} ${TOP + PLOT.height + 40}"
    role="img"
    aria-label="${labelOf(series, chance)}"
  >
    ${gridLines(y, LEFT, right, shortPercentText)} ${ticksBelow(numbers, x, TOP + PLOT.height)}
    <line class="chance" x1="${LEFT}" y1="${y(chance)}" x2="${right}" y2="${y(chance)}" />
    <text class="label" x="${right - 4}" y="${y(chance) - 5}" text-anchor="end">guessing</text>
    <text class="label" x="${LEFT + PLOT.width / 2}" y="${TOP + PLOT.height + 36}" text-anchor="middle">
      session
    </text>
    ${series.map((one, at) => drawn(one, at, series.length, x, y))}
    ${series.map(({ name }, at) => {
      const top = TOP + 12 + at * NAME_ROW;
      return html`<g style="${seriesStyle(at)}">
          <line class="series" x1="${right + 12}" y1="${top - 4}" x2="${right + 36}" y2="${top - 4}" />
          ${seriesMark(at, right + 24, top - 4)}
        </g>
        <text class="key-name" x="${right + 44}" y="${top}">${name}</text>`;
    })}
  </svg>`;
}

function drawn(
  { points }: SessionSeries,
  at: number,
  count: number,
  x: (value: number) => number,
  y: (value: number) => number,
): Html {
  const aside = (at - (count - 1) / 2) * APART;
  const places = points.flatMap(({ value, interval }, k) =>
    value === null ? [] : [{ left: x(k + 1) + aside, value, interval }],
  );
  const path = line<(typeof places)[number]>(
    ({ left }) => left,
    ({ value }) => y(value),
  );
  return html`<g style="${seriesStyle(at)}">
    <path class="series" d="${path(places) ?? ''}" />
    ${places.map(
      ({ left, interval }) =>
        interval !== null &&
        html`<line
          class="whisker"
          x1="${left}"
          y1="${y(interval.low)}"
          x2="${left}"
          y2="${y(interval.high)}"
        />`,
    )}
    ${places.map(({ left, value }) => seriesMark(at, left, y(value)))}
  </g>`;
}

function labelOf(series: readonly SessionSeries[], chance: number): string {
  const texts = series.map(({ name, points }) => {
    const values = points.map(({ value, interval }) =>
      value === null
        ? 'not known'
        : `${percentText(value)}${interval === null ? '' : ` (${intervalText(interval)})`}`,
    );
    return `${name} ${values.join(', ')}`;
  });
  return `Share of right answers by session: ${texts.join('; ')}; guessing gives ${percentText(chance)}`;
}
