import { capitalised } from '../../wording/capitalised.ts';
import { extent, scaleLinear } from 'd3';
import type { ImageRecord } from '../../concepts/explanation.ts';
import { numberText } from '../../wording/number-text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

const SIDE = 300;
const LEFT = 48;
const BOTTOM = 40;
const MOST_POINTS = 600;
const MOST_LETTERS = 32;

/** What the scatter says of its axes and crosses: what the score is called, and what the replay does to an image. */
interface ScatterWords {
  readonly score: string;
  readonly lost: string;
}

/**
 * The score of each image by the model (across) and replayed through the concepts (up): on the diagonal nothing is
 * lost. A cross marks an image that the replay decides otherwise.
 */
export function logitScatter(images: readonly ImageRecord[], words: ScatterWords): Html | undefined {
  const shown = everyNth(
    images.filter(({ logit, reconstructedLogit }) => Number.isFinite(logit + reconstructedLogit)),
  );
  const [least, most] = extent(shown.flatMap(({ logit, reconstructedLogit }) => [logit, reconstructedLogit]));
  if (least === undefined || most === undefined) return undefined;
  const scale = scaleLinear().domain([least, most]).nice(5);
  const x = scale.copy().range([LEFT, LEFT + SIDE]);
  const y = scale.copy().range([SIDE + 8, 8]);
  const [low, high] = scale.domain();
  const floor = SIDE + 8;
  return html`<svg
    class="scatter"
    viewBox="0 0 ${LEFT + SIDE + 12} ${floor + BOTTOM}"
    role="img"
    aria-label="${scatterLabel(images, words)}"
  >
    ${scale.ticks(5).map(
      (tick) =>
        html`<line class="grid" x1="${x(tick)}" y1="8" x2="${x(tick)}" y2="${floor}" />
          <line class="grid" x1="${LEFT}" y1="${y(tick)}" x2="${LEFT + SIDE}" y2="${y(tick)}" />
          <text class="tick" x="${x(tick)}" y="${floor + 15}" text-anchor="middle">${numberText(tick)}</text>
          <text class="tick" x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${numberText(tick)}</text>`,
    )}
    <line class="diagonal" x1="${x(low)}" y1="${y(low)}" x2="${x(high)}" y2="${y(high)}" />
    ${shown.map((image) => point(x(image.logit), y(image.reconstructedLogit), image.agrees))}
    <text class="label" x="${LEFT + SIDE / 2}" y="${floor + 34}" text-anchor="middle">
      ${shortened(words.score)} by the model
    </text>
    <text class="label" transform="translate(12 ${8 + SIDE / 2}) rotate(-90)" text-anchor="middle">
      replayed through the concepts
    </text>
  </svg>`;
}

function point(x: number, y: number, agrees: boolean): Html {
  const [left, top] = [x, y].map((value) => Math.round(value * 10) / 10);
  return agrees
    ? html`<circle class="point" cx="${left}" cy="${top}" r="3.5" />`
    : html`<path class="point-lost" d="M${left - 4} ${top - 4} l8 8 m0 -8 l-8 8" />`;
}

function everyNth(images: readonly ImageRecord[]): ImageRecord[] {
  const step = Math.ceil(images.length / MOST_POINTS);
  return images.filter((_, index) => index % step === 0);
}

/** A name that fits below the axis. */
function shortened(name: string): string {
  return name.length > MOST_LETTERS ? 'score' : name;
}

function scatterLabel(images: readonly ImageRecord[], { score, lost }: ScatterWords): string {
  const count = images.filter(({ agrees }) => !agrees).length;
  return `${capitalised(score)} of each image by the model and replayed through the concepts; ${count} of ${images.length} are images that the replay ${lost}`;
}
