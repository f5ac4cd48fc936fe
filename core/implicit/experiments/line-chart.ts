/** Curves over a common pair of axes. */
export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

const WIDTH = 640;
const HEIGHT = 420;
const MARGIN = { left: 76, right: 24, top: 44, bottom: 56 };
// Okabe & Ito's colours, told apart by all kinds of colour vision.
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

interface Axis {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

function axis(values: readonly number[], log: boolean, from: number, to: number): Axis {
  const kept = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  const map = (value: number): number => (log ? Math.log10(value) : value);
  let [low, high] = [Math.min(...kept.map(map)), Math.max(...kept.map(map))];
  if (!(high > low)) [low, high] = [low - 0.5, high + 0.5];
  if (log) [low, high] = [Math.floor(low), Math.ceil(high)];
  const step = niceStep((high - low) / 5, log);
  const ticks: number[] = [];
  for (let t = Math.ceil(low / step) * step; t <= high + 1e-9 * step; t += step)
    ticks.push(log ? 10 ** t : t);
  return { ticks, place: (value) => from + ((map(value) - low) / (high - low)) * (to - from) };
}

function niceStep(rough: number, log: boolean): number {
  if (log) return Math.max(1, Math.ceil(rough));
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const label = (value: number): string =>
  value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3)
    ? value.toExponential(0)
    : String(Number(value.toPrecision(4)));
const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;

/** Draws the chart as a self-contained SVG document. Values that a logarithmic axis cannot show are left out. */
export function renderLineChart(chart: LineChart): string {
  const { logX = false, logY = false, series } = chart;
  const all = series.flatMap(({ points }) => points);
  const x = axis(
    all.map(([value]) => value),
    logX,
    MARGIN.left,
    WIDTH - MARGIN.right,
  );
  const y = axis(
    all.map(([, value]) => value),
    logY,
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  );
  const visible = ([px, py]: readonly [number, number]): boolean =>
    Number.isFinite(px) && Number.isFinite(py) && (!logX || px > 0) && (!logY || py > 0);
  const bottom = HEIGHT - MARGIN.bottom;
  const right = WIDTH - MARGIN.right;
  const grid = [
    ...x.ticks.map((t) => `<path d="M${x.place(t).toFixed(1)} ${MARGIN.top}V${bottom}"/>`),
    ...y.ticks.map((t) => `<path d="M${MARGIN.left} ${y.place(t).toFixed(1)}H${right}"/>`),
  ];
  const curves = series.map(({ points }, i) => {
    const path = points
      .filter(visible)
      .map(([px, py]) => `${x.place(px).toFixed(1)} ${y.place(py).toFixed(1)}`);
    return `<path d="M${path.join('L')}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2"/>`;
  });
  const names = series.map(({ name }, i) =>
    text(
      right - 6,
      MARGIN.top + 16 * (i + 1),
      name,
      `text-anchor="end" fill="${COLOURS[i % COLOURS.length]}"`,
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<g stroke="#ddd">${grid.join('')}</g>`,
    ...x.ticks.map((t) => text(x.place(t), bottom + 18, label(t), 'text-anchor="middle"')),
    ...y.ticks.map((t) => text(MARGIN.left - 8, y.place(t) + 4, label(t), 'text-anchor="end"')),
    ...curves,
    ...names,
    text(WIDTH / 2, 24, chart.title, 'text-anchor="middle" font-size="15"'),
    text((MARGIN.left + right) / 2, HEIGHT - 14, chart.xLabel, 'text-anchor="middle"'),
    text(0, 0, chart.yLabel, `text-anchor="middle" transform="translate(18 ${HEIGHT / 2}) rotate(-90)"`),
    '</svg>\n',
  ].join('\n');
}
