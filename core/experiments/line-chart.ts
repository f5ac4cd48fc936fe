/** Curves over a common pair of axes. */
export interface LineChart {
  readonly title: string;
  /** With its unit, if it has one. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly series: readonly LineSeries[];
}

/** One curve of a {@link LineChart}. */
export interface LineSeries {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /** Low and high end of a bar at each point: the smallest and largest of several seeds, say. */
  readonly bars?: readonly (readonly [number, number])[];
  readonly dashed?: boolean;
  /** Series of one number share a colour. @default a colour each */
  readonly colour?: number;
}

const WIDTH = 720;
const HEIGHT = 440;
const MARGIN = { left: 76, right: 190, top: 48, bottom: 60 };
const BOTTOM = HEIGHT - MARGIN.bottom;
const RIGHT = WIDTH - MARGIN.right;
const LINE = 16;
/** Okabe & Ito's colours, told apart by all kinds of colour vision. */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#6b6b6b'];

interface Axis {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

function axis(values: readonly number[], log: boolean, from: number, to: number): Axis {
  const kept = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  const map = (value: number): number => (log ? Math.log10(value) : value);
  let [low, high] = [Math.min(...kept.map(map)), Math.max(...kept.map(map))];
  if (!(high > low)) [low, high] = [low - 0.5, high + 0.5];
  const rough = niceStep((high - low) / 5, log);
  const step = kept.every(Number.isInteger) ? Math.max(1, rough) : rough;
  // Round ends keep curves off the frame and put a tick at each corner.
  [low, high] = [step * Math.floor(low / step + 1e-9), step * Math.ceil(high / step - 1e-9)];
  const count = Math.round((high - low) / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => low + i * step);
  return {
    ticks: ticks.map((t) => (log ? 10 ** t : Number(t.toPrecision(12)))),
    place: (value) => from + ((map(value) - low) / (high - low)) * (to - from),
  };
}

function niceStep(rough: number, log: boolean): number {
  if (log) return Math.max(1, Math.ceil(rough));
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const superscript = (n: number): string =>
  [...String(n)].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('');

function label(value: number, log: boolean): string {
  const power = Math.log10(Math.abs(value));
  if (log && (power > 3.5 || power < -2.5)) return `10${superscript(Math.round(power))}`;
  return String(Number(value.toPrecision(6)));
}

/** A line of text at a place, with further attributes. */
export const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;

/** Where names go so that none covers another: as near as possible to what they name, a line apart. */
function spread(wanted: readonly number[]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = [...wanted];
  order.forEach((i, at) => {
    if (at > 0) placed[i] = Math.max(placed[i], placed[order[at - 1]] + LINE);
  });
  const overflow = Math.max(0, placed[order.at(-1)!] - BOTTOM);
  return placed.map((y) => y - overflow);
}

/** Draws the chart as a self-contained SVG document. Values that a logarithmic axis cannot show are left out. */
export function renderLineChart(chart: LineChart): string {
  const { logX = false, logY = false } = chart;
  const visible = ([px, py]: readonly [number, number]): boolean =>
    Number.isFinite(px) && Number.isFinite(py) && (!logX || px > 0) && (!logY || py > 0);
  const series = chart.series
    .map((one, i) => ({
      ...one,
      points: one.points.filter(visible),
      ...(one.bars ? { bars: one.bars.filter((_, at) => visible(one.points[at])) } : {}),
      stroke: COLOURS[(one.colour ?? i) % COLOURS.length],
    }))
    .filter(({ points }) => points.length > 0);
  const ends = series.flatMap(({ points, bars = [] }) =>
    bars.flatMap(([low, high], i) => [low, high].map((end) => [points[i][0], end] as const)),
  );
  const all = [...series.flatMap(({ points }) => points), ...ends];
  const x = axis(
    all.map(([value]) => value),
    logX,
    MARGIN.left,
    RIGHT,
  );
  const y = axis(
    all.map(([, value]) => value),
    logY,
    BOTTOM,
    MARGIN.top,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...frame(chart, x, y),
    ...series.map((one) => barsOf(one, x, y) + curve(one, x, y)),
    ...names(series, x, y),
    '</svg>\n',
  ].join('\n');
}

function frame({ title, xLabel, yLabel, logX = false, logY = false }: LineChart, x: Axis, y: Axis): string[] {
  const grid = [
    ...x.ticks.map((t) => `<path d="M${x.place(t).toFixed(1)} ${MARGIN.top}V${BOTTOM}"/>`),
    ...y.ticks.map((t) => `<path d="M${MARGIN.left} ${y.place(t).toFixed(1)}H${RIGHT}"/>`),
  ];
  const middle = (MARGIN.top + BOTTOM) / 2;
  return [
    `<g stroke="#e4e4e4">${grid.join('')}</g>`,
    `<path d="M${MARGIN.left} ${MARGIN.top}V${BOTTOM}H${RIGHT}" fill="none" stroke="#888"/>`,
    ...x.ticks.map((t) => text(x.place(t), BOTTOM + 18, label(t, logX), 'text-anchor="middle"')),
    ...y.ticks.map((t) => text(MARGIN.left - 8, y.place(t) + 4, label(t, logY), 'text-anchor="end"')),
    text(MARGIN.left, 26, title, 'font-size="15" fill="#111"'),
    text((MARGIN.left + RIGHT) / 2, HEIGHT - 18, xLabel, 'text-anchor="middle"'),
    text(0, 0, yLabel, `text-anchor="middle" transform="translate(20 ${middle}) rotate(-90)"`),
  ];
}

type Drawn = LineSeries & { readonly stroke: string };

/** Bars from end to end, as one path; an end that a logarithmic axis cannot show is drawn down to the frame. */
function barsOf({ points, bars = [], stroke }: Drawn, x: Axis, y: Axis): string {
  if (bars.length === 0) return '';
  const ends = bars.map(([low, high], i) => {
    const [at, from, to] = [x.place(points[i][0]), y.place(low), y.place(high)].map((v, j) =>
      (j > 0 && !Number.isFinite(v) ? BOTTOM : v).toFixed(1),
    );
    return `M${at} ${from}V${to}`;
  });
  return `<path d="${ends.join('')}" stroke="${stroke}" stroke-width="5" opacity="0.25"/>`;
}

function curve({ points, stroke, dashed }: Drawn, x: Axis, y: Axis): string {
  const at = points.map(([px, py]) => [x.place(px).toFixed(1), y.place(py).toFixed(1)] as const);
  const path = at.map((p) => p.join(' ')).join('L');
  const dots = at.length > 40 ? [] : at.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3"/>`);
  const dash = dashed ? ' stroke-dasharray="6 4"' : '';
  return (
    `<path d="M${path}" fill="none" stroke="${stroke}" stroke-width="2"${dash}/>` +
    `<g fill="${dashed ? '#fff' : stroke}" stroke="${stroke}" stroke-width="1.5">${dots.join('')}</g>`
  );
}

/** Each name beside the end of its curve that lies furthest right, tied to it by a hairline. */
function names(series: readonly Drawn[], x: Axis, y: Axis): string[] {
  const ends = series.map(({ points }) => points.reduce((end, p) => (p[0] >= end[0] ? p : end)));
  const rows = spread(ends.map(([, py]) => y.place(py)));
  return series.flatMap(({ name, stroke }, i) => {
    const [px, py] = [x.place(ends[i][0]), y.place(ends[i][1])];
    return [
      `<path d="M${(px + 5).toFixed(1)} ${py.toFixed(1)}L${RIGHT + 12} ${rows[i].toFixed(1)}" stroke="${stroke}" stroke-width="0.7" opacity="0.6"/>`,
      text(RIGHT + 16, rows[i] + 4, name, `fill="${stroke}"`),
    ];
  });
}
