import type { Estimate } from '../../concepts/explanation.ts';
import { intervalText, percentText } from '../../wording/number-text.ts';
import { html, type Html } from '../html.ts';
import type { ModelOverview, OverviewClass, PicturedConcept } from './overview-data.ts';
import type { OverviewPage } from './overview-page-data.ts';

/** Classes that have a column of text each; of more a drawing without text shows the pattern. */
const MOST_COLUMNS = 16;
/** Below this a cell is left empty: its number would be one of many that say nothing. */
const SHOWN_FROM = 0.01;

/** Importance of every concept for every class. */
export function matrixSection({ overview, crops }: OverviewPage): Html {
  const { classes, concepts } = overview;
  return html`<section id="matrix">
    <h2>Classes and concepts</h2>
    <p class="intro">
      The darker a cell, the more of the movement of the class’s score involves the concept. Classes that rest
      on the same concepts stand beside each other.
    </p>
    ${concepts.length === 0 ? html`<p>No concept matters to any class.</p>` : classes.length <= MOST_COLUMNS ? table(overview, crops) : drawing(classes, concepts)}
  </section>`;
}

function table({ classes, concepts }: ModelOverview, crops: OverviewPage['crops']): Html {
  return html`<div class="matrix-scroll">
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col"><span class="visually-hidden">concept</span></th>
          ${classes.map(
            ({ name }) =>
              html`<th scope="col" class="turned">
                <span><bdi>${name}</bdi></span>
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${concepts.map(({ id, name, importance }) => {
          const [crop] = crops[id];
          return html`<tr>
            <th scope="row">
              <a href="#${id}"
                >${crop !== undefined && html`<img src="${crop}" alt="" width="24" height="24" />`}<bdi
                  >${name}</bdi
                ></a
              >
            </th>
            ${importance.map(cell)}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function cell(importance: Estimate): Html {
  const { mean } = importance;
  if (mean < SHOWN_FROM) return html`<td></td>`;
  return html`<td style="--share:${shareOf(mean)}" title="${intervalText(importance)}">
    ${percentText(mean)}
  </td>`;
}

function shareOf(mean: number): string {
  return Math.min(1, Math.max(0, mean)).toFixed(3);
}

const [ROW, COLUMN, NAMES, HEAD] = [14, 10, 170, 92];
/** Rows of one drawing: with their heads two fit a page of paper, so that none is cut through and little is left empty. */
const BAND = 26;

/** A row a class, a column a concept, in bands that each name the concepts; cells of nothing are not drawn. */
function drawing(classes: readonly OverviewClass[], concepts: readonly PicturedConcept[]): Html[] {
  const bands = Math.ceil(classes.length / BAND);
  return Array.from({ length: bands }, (_, at) => {
    const from = Math.ceil((at * classes.length) / bands);
    const to = Math.ceil(((at + 1) * classes.length) / bands);
    return band(classes.slice(from, to), from, concepts);
  });
}

function band(classes: readonly OverviewClass[], from: number, concepts: readonly PicturedConcept[]): Html {
  const [width, height] = [NAMES + concepts.length * COLUMN, HEAD + classes.length * ROW];
  return html`<svg
    class="matrix-drawing"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    role="img"
    aria-label="Importance of ${concepts.length} concepts for ${classes.length} classes; the table of the classes has the leading ones in numbers"
  >
    ${concepts.map(({ name }, column) => {
      const x = NAMES + column * COLUMN + 8;
      return html`<text x="${x}" y="${HEAD - 5}" transform="rotate(-90 ${x} ${HEAD - 5})"
        >${short(name, 16)}</text
      >`;
    })}
    ${classes.map(
      ({ name }, row) =>
        html`<text x="${NAMES - 6}" y="${HEAD + row * ROW + 11}" text-anchor="end">${short(name, 26)}</text>
          ${concepts.map(({ importance }, column) => {
            const { mean } = importance[from + row];
            if (mean < SHOWN_FROM) return false;
            return html`<rect
              x="${NAMES + column * COLUMN}"
              y="${HEAD + row * ROW}"
              width="${COLUMN - 1}"
              height="${ROW - 1}"
              fill-opacity="${shareOf(0.1 + 0.9 * mean)}"
            />`;
          })}`,
    )}
  </svg>`;
}

function short(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
