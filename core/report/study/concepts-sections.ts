import type { ChoiceAnalysis } from '../../study/analysis/analyse-choice.ts';
import type { IntruderAnalysis } from '../../study/analysis/analyse-intruder.ts';
import { pText } from '../../wording/chance-text.ts';
import { countText } from '../../wording/count-text.ts';
import { percentText } from '../../wording/number-text.ts';
import { shareMark } from '../charts/share-mark.ts';
import { html, type Html } from '../html.ts';
import { decimalCell, shareCell } from './figure-text.ts';

/** How often the intruder among crops of each concept is found. */
export function coherenceSection({ concepts, accuracy }: IntruderAnalysis, chance: number): Html {
  const ordered = [...concepts].sort((a, b) => (b.accuracy.value ?? -1) - (a.accuracy.value ?? -1));
  const isOne = accuracy.participants === 1;
  return html`<section id="coherence" class="study">
    <h2>Which concepts hold together</h2>
    <p class="intro">
      Five crops, four of a concept and one of another: how often is the intruder found? The line is what
      guessing gives, ${percentText(chance)}. Coherence takes that off: 0 is guessing, 1 always found.
      ${isOne ? 'One participant: intervals are over sets of crops, and say nothing of other people' : 'Intervals are over other people and other sets of crops'};
      p-values tell whether these very answers can be guesses, corrected for the number of concepts (Holm).
    </p>
    <table class="plain figures">
      <thead>
        <tr>
          <th scope="col">concept</th>
          <th scope="col">intruder found</th>
          <th scope="col" class="plot"><span class="visually-hidden">drawn</span></th>
          <th scope="col">coherence</th>
          <th scope="col">test</th>
        </tr>
      </thead>
      <tbody>
        ${ordered.map(
          (one) =>
            html`<tr>
              <th scope="row">
                <bdi>${one.name}</bdi>${one.isPart && html` <span class="small">(part)</span>`}
              </th>
              <td>${countText(one.accuracy.hits)} of ${countText(one.accuracy.answers)}</td>
              <td class="plot">${shareMark(one.accuracy, chance)}</td>
              <td>${decimalCell(one.coherence)}</td>
              <td>
                ${one.adjusted === null ? html`<span class="quiet">not known</span>` : pText(one.adjusted)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="intro">All sets: ${shareCell(accuracy)}.</p>
  </section>`;
}

/** How often a part is called clearer than its concept. */
export function choiceSection({ parts, share }: ChoiceAnalysis): Html {
  return html`<section id="choices" class="study">
    <h2>Concepts or their parts: what is clearer</h2>
    <p class="intro">
      Two galleries, a concept and one of its parts: which shows one clear thing? To the right of the line the
      part is chosen more often. Sign tests, corrected for the number of parts (Holm).
    </p>
    <table class="plain figures">
      <thead>
        <tr>
          <th scope="col">part</th>
          <th scope="col">of</th>
          <th scope="col">part is clearer</th>
          <th scope="col" class="plot"><span class="visually-hidden">drawn</span></th>
          <th scope="col">test</th>
        </tr>
      </thead>
      <tbody>
        ${parts.map(
          (one) =>
            html`<tr>
              <th scope="row"><bdi>${one.partName}</bdi></th>
              <td><bdi>${one.name}</bdi></td>
              <td>${countText(one.forPart)} of ${countText(one.answers)}</td>
              <td class="plot">${shareMark(one.share, 1 / 2)}</td>
              <td>
                ${one.adjusted === null ? html`<span class="quiet">not known</span>` : pText(one.adjusted)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="intro">All comparisons: ${shareCell(share)} for the part.</p>
  </section>`;
}
