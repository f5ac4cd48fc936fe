import type { StudyFigure } from '../../study/analysis/study-figure.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

const HEIGHT = 22;

/** A share between 0 and 1 with its interval on a line across, and a line where `reference` is. The figures stand beside it. */
export function shareMark({ value, interval }: StudyFigure, reference: number): Html | false {
  if (value === null) return false;
  const at = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
  const middle = HEIGHT / 2;
  return html`<svg class="share-mark" width="100%" height="${HEIGHT}" aria-hidden="true">
    <line class="grid" x1="0" y1="${middle}" x2="100%" y2="${middle}" />
    <line class="chance" x1="${at(reference)}" y1="2" x2="${at(reference)}" y2="${HEIGHT - 2}" />
    ${
      interval !== null &&
      html`<line
        class="whisker"
        x1="${at(interval.low)}"
        y1="${middle}"
        x2="${at(interval.high)}"
        y2="${middle}"
      />`
    }
    <circle class="series-mark" cx="${at(value)}" cy="${middle}" r="4" />
  </svg>`;
}
