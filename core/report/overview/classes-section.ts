import { LEVEL_WORDS } from '../../wording/trust-words.ts';
import { overImagesText, percentText } from '../../wording/number-text.ts';
import { html, type Html } from '../html.ts';
import type { ModelOverview, OverviewClass } from './overview-data.ts';

/** Leading concepts that are named of a class. */
const LEADING = 3;

/** Every class in a row: how often it is right, what leads, what is left, how far to be trusted, what is flagged. */
export function classesSection(overview: ModelOverview): Html {
  const { classes } = overview;
  return html`<section id="classes">
    <h2>Classes</h2>
    <table class="plain classes-table">
      <thead>
        <tr>
          <th scope="col">class</th>
          <th scope="col">right</th>
          <th scope="col">rests most on</th>
          <th scope="col">unexplained</th>
          <th scope="col">explanation</th>
        </tr>
      </thead>
      <tbody>
        ${classes.map((one, at) => row(one, at, overview))}
      </tbody>
    </table>
    <p class="intro">
      Right: of the images in the folder of the class, with its 95&nbsp;% interval (Wilson). Unexplained: the
      part of the movement of the score that involves what no concept explains.
    </p>
  </section>`;
}

function row(one: OverviewClass, at: number, { concepts }: ModelOverview): Html {
  const { name, right, rest, grade, shortcuts } = one;
  const leading = [...concepts]
    .sort((a, b) => b.importance[at].mean - a.importance[at].mean)
    .slice(0, LEADING)
    .filter(({ countsFor }) => countsFor.includes(one.index));
  return html`<tr>
    <td class="strong"><bdi>${name}</bdi></td>
    <td>
      ${right === undefined ? html`<span class="quiet">not known</span>` : html`${percentText(right.value)} <span class="quiet">${overImagesText(right, right.images)} of ${right.images}</span>`}
    </td>
    <td>
      ${leading.map(({ id, name: concept, importance }, place) => html`${place > 0 && ', '}<a href="#${id}"><bdi>${concept}</bdi></a> <span class="quiet">${percentText(importance[at].mean)}</span>`)}
      ${shortcuts.map(({ conceptName, leans }) => html`<div class="flag">Shortcut: <bdi>${conceptName}</bdi> ${leans}</div>`)}
    </td>
    <td class="short">
      ${rest === undefined ? html`<span class="quiet">not weighed</span>` : percentText(rest.mean)}
    </td>
    <td>${LEVEL_WORDS[grade]}</td>
  </tr>`;
}
