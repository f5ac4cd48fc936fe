import type { ExplainedMistake } from '../../concepts/explanation.ts';
import { answerNames } from '../../score/score-record.ts';
import { judgedImages } from '../../images/folder-class.ts';
import { confusionMatrix, type ConfusionMatrix } from '../../metrics/confusion-matrix.ts';
import { countOf, countText } from '../../wording/count-text.ts';
import { answerText } from '../../wording/answer-text.ts';
import { fixed, percentText } from '../../wording/number-text.ts';
import { fileNameOf } from '../../wording/path-text.ts';
import { sayingFor } from '../../wording/said-words.ts';
import { fewRightText, isDoubtful } from '../../wording/preprocessing-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { picture } from './picture.ts';
import { swatch } from './swatch.ts';

/** Classes along each side of the matrix: more cannot be read on A4. */
const MOST = 12;
/** Concepts named for and against an answer, and the least change that is named, in logits. */
const CAUSES_SHOWN = 3;
const LEAST_CHANGE = 0.05;

const uncapitalised = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

const decimal = (logits: number): string => fixed(logits, 1);

/** What the model takes for what, and the mistakes about the explained class one by one; nothing where no folder names a class. */
export function mistakesSection(data: ReportData): Html | false {
  const { given, project, explanation, notes } = data;
  const names = answerNames(explanation.score, project.labels.names);
  if (given === undefined) return false;
  const judged = judgedImages(
    names,
    given.map(({ file, index }) => ({ path: file, index })),
  );
  const matrix = confusionMatrix(judged, { rows: MOST, columns: MOST });
  const { known, hits } = matrix;
  if (known === 0) return false;
  const mistakes = explanation.mistakes ?? [];
  const hidden = new Set(notes.hidden);
  return html`<section id="mistakes">
    <h2>What the model takes for what</h2>
    <p class="intro">
      Of all ${countOf(given.length, 'image')} that were given, ${countText(known)} lie in a folder that names
      a class; ${countText(hits)} of them are called what the folder says (${percentText(hits / known)}). A
      folder may be wrong, too. ${isDoubtful(matrix) && fewRightText(explanation.preprocessing)}
    </p>
    ${hits < known && confusionTable(matrix, (index) => names[index] ?? `class ${index}`)}
    ${
      mistakes.length > 0 &&
      html`<h3>Mistakes about “<bdi>${mistakenName(explanation)}</bdi>”, the surest first</h3>
        <p class="intro">
          Each concept is taken out by itself, and the lead of the answer over the folder's class is measured
          again: what it loses or gains, in the units of the score, is what the concept says for the one or
          for the other.
        </p>
        <ul class="mistakes">
          ${mistakes.map((mistake) => mistakeCard(mistake, data, hidden))}
        </ul>`
    }
  </section>`;
}

/** The class that mistakes are about: what speaks against it, or its lead, is not what an image is called. */
function mistakenName({ score, className }: ReportData['explanation']): string {
  if (score === undefined || !('index' in score.explained)) return className;
  return score.model.classes[score.explained.index] ?? className;
}

function confusionTable(
  { rows, columns, rowsLeftOut }: ConfusionMatrix,
  nameOf: (index: number) => string,
): Html {
  const hasOthers = rows.some(({ elsewhere }) => elsewhere > 0);
  const cell = (count: number, images: number, isRight: boolean): Html =>
    count === 0
      ? html`<td></td>`
      : html`<td class="${isRight ? 'right' : 'wrong'}" style="--share:${count / images}">
          ${countText(count)}
        </td>`;
  return html`<table class="confusion">
    <caption>
      Images of a folder's class (rows) by the model's
      answer${rowsLeftOut > 0 && `; ${countOf(rowsLeftOut, 'class', 'classes')} with fewer mistakes not shown`}
    </caption>
    <thead>
      <tr>
        <th scope="col">folder</th>
        ${columns.map(
          (index) =>
            html`<th scope="col" class="answer">
              <span><bdi>${nameOf(index)}</bdi></span>
            </th>`,
        )}
        ${hasOthers && html`<th scope="col" class="answer"><span>another</span></th>`}
        <th scope="col" class="number">right</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ truth, images, hits, counts, elsewhere }) =>
          html`<tr>
            <th scope="row"><bdi>${nameOf(truth)}</bdi></th>
            ${counts.map((count, column) => cell(count, images, columns[column] === truth))}
            ${hasOthers && cell(elsewhere, images, false)}
            <td class="number">${percentText(hits / images)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function mistakeCard(
  { file, truth, predicted, margin, causes }: ExplainedMistake,
  { explanation, mistakePictures = {} }: ReportData,
  hidden: ReadonlySet<string>,
): Html {
  const name = fileNameOf(file);
  const shown = causes.filter(({ concept }) => !hidden.has(concept));
  const list = (forClass: string, other: string, side: 1 | -1): Html | false => {
    const own = shown.filter(({ change }) => side * change > LEAST_CHANGE).slice(0, CAUSES_SHOWN);
    return (
      own.length > 0 &&
      html`<p>
        <bdi>${uncapitalised(sayingFor(forClass, other))}</bdi>
        ${own.map(({ concept, change }) => {
          const rank = explanation.concepts.findIndex(({ id }) => id === concept);
          return html`<span class="cause"
            >${swatch(rank)}<bdi>${explanation.concepts[rank]?.name ?? concept}</bdi>
            ${decimal(side * change)}</span
          > `;
        })}
      </p>`
    );
  };
  const src = mistakePictures[file];
  return html`<li>
    ${src === undefined ? html`<p class="gone quiet">The picture can no longer be read.</p>` : picture(src, name)}
    <div class="small">
      <p class="file" title="${file}"><bdi>${name}</bdi></p>
      <p>
        <strong><bdi>${predicted.name}</bdi></strong> ${answerText(predicted)}
      </p>
      <p class="quiet">folder: <bdi>${truth.name}</bdi>, behind by ${decimal(margin)}</p>
      ${list(predicted.name, truth.name, 1)} ${list(truth.name, predicted.name, -1)}
    </div>
  </li>`;
}
