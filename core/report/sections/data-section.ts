import { group, mean, rollups } from 'd3';
import type { ImageRecord, SkippedFile } from '../../concepts/explanation.ts';
import { countOf, countText } from '../../wording/count-text.ts';
import { transparencyText } from '../../wording/input-words.ts';
import { answerText } from '../../wording/answer-text.ts';
import { percentText } from '../../wording/number-text.ts';
import { isNumber, sideText } from '../../wording/said-words.ts';
import { decisionText, figureName, scoreName, type ScoreFacts } from '../../wording/score-words.ts';
import { originText } from '../../wording/preprocessing-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { isAsked, scoreFactsOf } from '../run-score.ts';
import { factsTable, optionFacts } from './facts-table.ts';

const MOST_ROWS = 20;

/** Which model was asked, how it was fed, and what it says of which images. */
export function dataSection(data: ReportData): Html {
  const { explanation, project } = data;
  const { layer } = explanation;
  const score = scoreFactsOf(explanation);
  const { model, labels, preprocessing } = project;
  return html`<section id="data">
    <h2>Model and data</h2>
    ${(data.inputNotes ?? []).map((note) => html`<p class="input-note">${note}</p>`)}
    <div class="columns">
      ${factsTable('Model', [
        ['file', html`<bdi>${model.path}</bdi>`],
        ['SHA-256', html`<code>${model.sha256}</code>`],
        ['explained', html`<bdi>${scoreName(score)}</bdi>`],
        ...outputFacts(explanation),
        ['decision', html`<bdi>${decisionText(score)}</bdi>`],
        ['labels', labels.source],
        [
          'layer explained',
          html`<code>${layer.tensor}</code>, ${layer.kind} [${layer.shape.join(', ')}],
            ${percentText(layer.computeShare)} of the computation lies before it`,
        ],
      ])}
      ${factsTable('How pictures were prepared', optionFacts(preprocessing))}
    </div>
    <div class="columns">${foldersTable(data)} ${predictionsTable(explanation.images, score)}</div>
    ${preparedBecause(data)} ${transparentImages(data)} ${skippedFiles(explanation.skipped)}
  </section>`;
}

function foldersTable({ explanation }: ReportData): Html {
  const { images, className, score } = explanation;
  const facts = scoreFactsOf(explanation);
  const called = score?.explained.kind === 'margin' ? score.model.classes[score.explained.index] : className;
  const folders = [...group(images, ({ file }) => folderOf(file))].sort((a, b) => b[1].length - a[1].length);
  return html`<table class="plain counts">
    <caption>
      Images by folder
    </caption>
    <thead>
      <tr>
        <th scope="col">folder</th>
        <th scope="col" class="number">images</th>
        <th scope="col" class="number">
          ${isNumber(facts) ? `mean ${figureName(facts.model)}` : html`called <bdi>${called}</bdi>`}
        </th>
      </tr>
    </thead>
    <tbody>
      ${folders.slice(0, MOST_ROWS).map(
        ([folder, inside]) =>
          html`<tr>
            <td><bdi>${folder}</bdi></td>
            <td class="number">${countText(inside.length)}</td>
            <td class="number">
              ${
                isNumber(facts)
                  ? answerText(meanAnswer(inside), facts.model.unit)
                  : countText(inside.filter(({ predicted }) => isAsked(explanation, predicted.index)).length)
              }
            </td>
          </tr>`,
      )}
    </tbody>
    ${moreRow(folders.length, 'folder', 3)}
  </table>`;
}

/** Which output of the file it is, and what was taken off its end. */
function outputFacts({ score }: ReportData['explanation']): [string, Html][] {
  if (score === undefined) return [];
  const { output, activation } = score.model;
  const end = activation === 'none' || activation === 'kept' ? '' : `, before its ${activation}`;
  return [['output', html`<code>${output}</code>${end}`]];
}

function predictionsTable(images: readonly ImageRecord[], score: ScoreFacts): Html {
  const classes = rollups(
    images,
    (same) => ({
      name: sideText(score, same[0].predicted),
      count: same.length,
      figure: meanAnswer(same),
    }),
    ({ predicted }) => predicted.index,
  )
    .map(([, row]) => row)
    .sort((a, b) => b.count - a.count);
  return html`<table class="plain counts">
    <caption>
      What the model says
    </caption>
    <thead>
      <tr>
        <th scope="col">${isNumber(score) ? 'images that are' : 'answer'}</th>
        <th scope="col" class="number">images</th>
        <th scope="col" class="number">mean ${figureName(score.model)}</th>
      </tr>
    </thead>
    <tbody>
      ${classes.slice(0, MOST_ROWS).map(
        ({ name, count, figure }) =>
          html`<tr>
            <td><bdi>${name}</bdi></td>
            <td class="number">${countText(count)}</td>
            <td class="number">${answerText(figure, score.model.unit)}</td>
          </tr>`,
      )}
    </tbody>
    ${moreRow(classes.length, 'answer', 3)}
  </table>`;
}

function preparedBecause({ explanation: { preprocessing } }: ReportData): Html {
  const text =
    preprocessing === undefined
      ? 'How the preprocessing came about was not recorded.'
      : originText(preprocessing);
  return html`<p id="prepared">${text}</p>`;
}

/** The mean of what the model says of images, in the form in which it says it. */
function meanAnswer(images: readonly ImageRecord[]): Pick<ImageRecord['predicted'], 'probability' | 'value'> {
  const probability = mean(images, ({ predicted }) => predicted.probability);
  const value = mean(images, ({ predicted }) => predicted.value);
  return { ...(probability !== undefined && { probability }), ...(value !== undefined && { value }) };
}

function transparentImages({ explanation: { transparent } }: ReportData): Html | undefined {
  if (transparent === undefined) return undefined;
  return html`<p id="transparent">${transparencyText(transparent.images, transparent.alpha)}</p>`;
}

/** What could not be read, and why. */
export function skippedFiles(skipped: readonly SkippedFile[]): Html {
  if (skipped.length === 0) return html`<p class="quiet" id="skipped">Every file could be read.</p>`;
  return html`<table class="plain" id="skipped">
    <caption>
      ${countOf(skipped.length, 'file')} could not be read and ${skipped.length === 1 ? 'is' : 'are'} left out
    </caption>
    <thead>
      <tr>
        <th scope="col">file</th>
        <th scope="col">reason</th>
      </tr>
    </thead>
    <tbody>
      ${skipped.map(
        ({ file, reason }) =>
          html`<tr>
            <td><bdi>${file}</bdi></td>
            <td>${reason}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function moreRow(count: number, noun: string, columns: number): Html | undefined {
  const more = count - MOST_ROWS;
  if (more <= 0) return undefined;
  return html`<tfoot>
    <tr>
      <td colspan="${columns}" class="quiet">
        and ${countText(more)} more ${more === 1 ? noun : `${noun}s`}
      </td>
    </tr>
  </tfoot>`;
}

function folderOf(file: string): string {
  return file.replace(/[/\\][^/\\]*$/, '') || '.';
}
