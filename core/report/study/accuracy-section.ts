import type { UtilityAnalysis } from '../../study/analysis/analyse-utility.ts';
import { html, type Html } from '../html.ts';
import { sessionCurves } from '../charts/session-curves.ts';
import { conditionName } from './condition-names.ts';
import { decimalCell, shareCell } from './figure-text.ts';

/** How well people predict the model, session by session, and what that is against the control. */
export function accuracySection(figures: UtilityAnalysis, chance: number): Html {
  const { conditions, sessions, control, utilities } = figures;
  const numbers = Array.from({ length: sessions }, (_, k) => k + 1);
  const series = conditions.map((one) => ({ name: conditionName(one.condition), points: one.sessions }));
  return html`<section id="accuracy" class="study">
    <h2>How well people predict the model</h2>
    <p class="intro">
      Share of new pictures, shown without explanation, for which people say what the model says; with
      95&nbsp;% intervals over other people and other pictures of the same kinds.
    </p>
    ${sessionCurves(series, chance)}
    <table class="plain figures">
      <thead>
        <tr>
          <th scope="col">learnt with</th>
          <th scope="col" class="number">people</th>
          <th scope="col">all sessions</th>
          ${sessions > 1 && numbers.map((k) => html`<th scope="col">session ${k}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${conditions.map(
          (one) =>
            html`<tr>
              <th scope="row">${conditionName(one.condition)}</th>
              <td class="number">${one.accuracy.participants}</td>
              <td>${shareCell(one.accuracy)}</td>
              ${sessions > 1 && one.sessions.map((share) => html`<td>${shareCell(share)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      control !== null &&
      html`<h3>Utility against ${conditionName(control)}</h3>
        <p class="intro">
          Accuracy divided by that after learning with ${conditionName(control)}: 1 is no help, 1.2 a fifth
          more right answers. Utility is the mean over the sessions (Colin et al. 2022).
        </p>
        <table class="plain figures">
          <thead>
            <tr>
              <th scope="col">learnt with</th>
              <th scope="col">utility</th>
              ${sessions > 1 && numbers.map((k) => html`<th scope="col">after session ${k}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${utilities.map(
              (one) =>
                html`<tr>
                  <th scope="row">${conditionName(one.condition)}</th>
                  <td>${decimalCell(one.utility)}</td>
                  ${sessions > 1 && one.sessions.map((ratio) => html`<td>${decimalCell(ratio)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>`
    }
  </section>`;
}
