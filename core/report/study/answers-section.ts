import type { ConditionFigures } from '../../study/analysis/analyse-utility.ts';
import type { AnswerTimes, Calibration } from '../../study/analysis/person-figures.ts';
import { durationText } from '../../wording/duration-text.ts';
import { reliabilityChart } from '../charts/reliability-chart.ts';
import { html, type Html } from '../html.ts';
import { conditionName } from './condition-names.ts';
import { decimalCell } from './figure-text.ts';

/** What else the answers of a utility study tell: how well answers are told apart, how sure people are, how long it takes. */
export function answersSection(conditions: readonly ConditionFigures[], chance: number): Html {
  const sure = conditions
    .map(({ condition, calibration }) => ({ name: conditionName(condition), levels: calibration.levels }))
    .filter(({ levels }) => levels.length > 0);
  return html`<section id="answers" class="study">
    <h2>How people answer</h2>
    <p class="intro">
      d′: how far people tell the model’s two answers apart, whichever they prefer to say; 0 is guessing.
      Brier score: how far stated confidence lies from what came of it; 0 is best, ${0.25} is always saying
      one half. Confidence 1 is read as guessing, 5 as certain.
    </p>
    <table class="plain figures">
      <thead>
        <tr>
          <th scope="col">learnt with</th>
          <th scope="col">d′</th>
          <th scope="col">Brier score</th>
          <th scope="col">time of an answer</th>
        </tr>
      </thead>
      <tbody>
        ${conditions.map(
          ({ condition, detection, calibration, times }) =>
            html`<tr>
              <th scope="row">${conditionName(condition)}</th>
              <td>${decimalCell(detection)}</td>
              <td>${decimalCell(calibration.brier)}</td>
              <td>${timesCell(times)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      sure.length > 0 &&
      html`<h3>How sure, and how often right</h3>
        ${reliabilityChart(sure, chance)}`
    }
  </section>`;
}

/** Calibration and times where there are no conditions to compare. */
export function plainAnswersSection(
  calibration: Calibration | undefined,
  times: AnswerTimes,
  chance: number,
): Html {
  const levels = calibration?.levels ?? [];
  return html`<section id="answers" class="study">
    <h2>How people answer</h2>
    <p class="intro">
      Time of an answer: ${timesCell(times)}.
      ${calibration !== undefined && levels.length > 0 && html`Brier score: ${decimalCell(calibration.brier)} (0 is best).`}
    </p>
    ${levels.length > 0 && reliabilityChart([{ name: 'all answers', levels }], chance)}
  </section>`;
}

function timesCell({ median, least, most }: AnswerTimes): Html {
  if (median === null || least === null || most === null) return html`<span class="quiet">not known</span>`;
  return html`${durationText(median)}
    <span class="quiet">(by person ${durationText(least)} to ${durationText(most)})</span>`;
}
