import { scaleLinear } from 'd3';
import type { CalibrationLevel } from '../../metrics/calibration.ts';
import { countText } from '../../wording/count-text.ts';
import { percentText, shortPercentText } from '../../wording/number-text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { gridLines } from './axes.ts';
import { seriesMark, seriesStyle } from './series-mark.ts';

const SIDE = 230;
const [LEFT, TOP, NAMES] = [46, 10, 220];
const APART = 8;
const NAME_ROW = 22;

/** Answers of one kind of participants by how sure they were. */
export interface CalibrationSeries {
  readonly name: string;
  readonly levels: readonly CalibrationLevel[];
}

/** How often answers are right against how sure people were of them; on the line they are as good as they say. */
export function reliabilityChart(series: readonly CalibrationSeries[], chance: number): Html {
  const x = scaleLinear()
    .domain([chance, 1])
    .range([LEFT + 16, LEFT + SIDE - 8]);
  const y = scaleLinear()
    .domain([0, 1])
    .range([TOP + SIDE, TOP]);
  const right = LEFT + SIDE;
  const confidences = [1, 2, 3, 4, 5].map((confidence) => chance + ((confidence - 1) / 4) * (1 - chance));
  return html`<svg
    class="curves sessions reliability"
    viewBox="0 0 ${right + NAMES} ${TOP + SIDE + 40}"
    role="img"
    aria-label="${labelOf(series)}"
  >
    ${gridLines(y, LEFT, right, shortPercentText)}
    ${confidences.map(
      (stated, at) =>
        html`<text class="tick" x="${x(stated)}" y="${TOP + SIDE + 16}" text-anchor="middle"
          >${at + 1}</text
        >`,
    )}
    <line class="chance" x1="${x(chance)}" y1="${y(chance)}" x2="${x(1)}" y2="${y(1)}" />
    <text class="label" x="${LEFT + SIDE / 2}" y="${TOP + SIDE + 36}" text-anchor="middle">confidence</text>
    ${series.map(({ levels }, at) => {
      const aside = (at - (series.length - 1) / 2) * APART;
      return html`<g style="${seriesStyle(at)}">
        ${levels.map(({ stated, right: { value, low, high } }) => {
          const left = x(stated) + aside;
          return html`<line class="whisker" x1="${left}" y1="${y(low)}" x2="${left}" y2="${y(high)}" />
            ${seriesMark(at, left, y(value))}`;
        })}
      </g>`;
    })}
    ${series.map(({ name }, at) => {
      const top = TOP + 12 + at * NAME_ROW;
      return html`<g style="${seriesStyle(at)}">${seriesMark(at, right + 24, top - 4)}</g>
        <text class="key-name" x="${right + 40}" y="${top}">${name}</text>`;
    })}
  </svg>`;
}

function labelOf(series: readonly CalibrationSeries[]): string {
  const texts = series.map(({ name, levels }) => {
    const each = levels.map(
      ({ stated, answers, right: { value } }) =>
        `${percentText(value)} right of ${countText(answers)} where ${percentText(stated)} is said`,
    );
    return `${name}: ${each.join(', ')}`;
  });
  return `How often answers are right by confidence. ${texts.join('; ')}`;
}
