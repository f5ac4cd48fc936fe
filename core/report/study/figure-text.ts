import type { StudyFigure } from '../../study/analysis/study-figure.ts';
import { decimalText, fixed, intervalText, percentText, signedText } from '../../wording/number-text.ts';
import { html, type Html } from '../html.ts';

/** A share with its interval in grey, or what is not known of it. */
export function shareCell(figure: StudyFigure): Html {
  const { value, interval } = figure;
  if (value === null) return notKnownCell(figure);
  return html`${percentText(value)}
    <span class="quiet ends">${interval === null ? 'no interval' : `(${intervalText(interval)})`}</span>`;
}

/** A figure in two decimals with its interval in grey. */
export function decimalCell(figure: StudyFigure): Html {
  const { value, interval } = figure;
  if (value === null) return notKnownCell(figure);
  const ends =
    interval === null ? 'no interval' : `(${decimalText(interval.low)} to ${decimalText(interval.high)})`;
  return html`${decimalText(value)} <span class="quiet ends">${ends}</span>`;
}

/** A difference of shares in points with its interval in grey. */
export function pointsCell(figure: StudyFigure): Html {
  const { value, interval } = figure;
  if (value === null) return notKnownCell(figure);
  return html`${signedText(100 * value, 1)}
    <span class="quiet ends">${interval === null ? 'no interval' : `(${pointEnds(interval)})`}</span>`;
}

/** The ends of a difference of shares, in points: "−1.2 to 8.4". */
export function pointEnds({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${fixed(100 * low, 1)} to ${fixed(100 * high, 1)}`;
}

function notKnownCell({ reason }: StudyFigure): Html {
  return html`<span class="quiet">not known${reason !== null && reason !== '' && `: ${reason}`}</span>`;
}
