import { MAP_METHODS, type ValueMethod } from '../attribution/methods.ts';
import type { Box, SkippedFile } from '../concepts/explanation.ts';
import { countOf } from '../wording/count-text.ts';
import { MAPS_INSTEAD, WHERE_NOT_WHAT } from '../wording/map-words.ts';
import { numberText } from '../wording/number-text.ts';
import { fileNameOf } from '../wording/path-text.ts';
import { html, type Html } from './html.ts';
import { htmlPage } from './html-page.ts';
import type { PictureUrl } from './report-data.ts';
import { skippedFiles } from './sections/data-section.ts';
import { factsTable } from './sections/facts-table.ts';
import { picture } from './sections/picture.ts';

/** One picture of the page. */
export interface MapFigure {
  readonly file: string;
  readonly src: PictureUrl;
  readonly map: PictureUrl;
  /** What the model says, the number that is explained, and what covering the most important square does, in words. */
  readonly said: string;
  readonly score: string;
  readonly covered: string;
  /** That square in hundredths of the picture. */
  readonly square: Box;
  /** Value at the end of the colour scale. */
  readonly maximum: number;
}

/** Everything that the page shows. */
export interface MapsPage {
  /** What is explained: a score's name, or "what the model says of each picture". */
  readonly title: string;
  readonly method: ValueMethod;
  readonly methodText: string;
  /** Why the model has no concepts; absent where it could be cut. */
  readonly whyNoCut?: string | undefined;
  /** Names and values of the model, its output, its rule and how pictures were prepared. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What became of transparent pixels; absent where there are none. */
  readonly transparent?: string | undefined;
  readonly figures: readonly MapFigure[];
  readonly skipped: readonly SkippedFile[];
}

/** Maps of a score as one HTML file, as {@link htmlPage}. Everything from outside is escaped. */
export function renderMapsPage(page: MapsPage): string {
  const { title, method, methodText, figures } = page;
  const { isSigned, title: methodTitle } = MAP_METHODS[method];
  const lead = leadText(page);
  const body = html`<header>
      <p class="kicker">Tessera · maps of a score</p>
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
    </header>
    <section id="maps">
      <h2>${countOf(figures.length, 'picture')}, ${methodTitle}</h2>
      <p class="intro">${methodText}</p>
      <p class="legend">
        ${
          isSigned
            ? html`<span>speaks against</span><span class="scale signed" aria-hidden="true"></span
                ><span>speaks for</span>`
            : html`<span>0</span><span class="scale" aria-hidden="true"></span><span>largest share</span>`
        }
        <span class="by"
          >Each picture has a scale of its own, whose end is said below it. Outlined: the most important
          square.</span
        >
      </p>
      <div class="score-maps">${figures.map((figure) => mapFigure(figure, isSigned))}</div>
    </section>
    <section id="data">
      <h2>Model and data</h2>
      ${factsTable(
        'How these maps were made',
        page.facts.map(([name, value]) => [name, html`<bdi>${value}</bdi>`] as const),
      )}
      ${page.transparent !== undefined && html`<p>${page.transparent}</p>`} ${skippedFiles(page.skipped)}
    </section>`;
  return htmlPage({ title, description: lead, body });
}

function leadText({ whyNoCut }: MapsPage): string {
  return whyNoCut === undefined ? WHERE_NOT_WHAT : `${whyNoCut} ${MAPS_INSTEAD} ${WHERE_NOT_WHAT}`;
}

function mapFigure(figure: MapFigure, isSigned: boolean): Html {
  const { src, map, said, score, covered, maximum } = figure;
  const file = fileNameOf(figure.file);
  const [left, top, width, height] = figure.square;
  const end = isSigned ? `±${numberText(maximum)}` : numberText(maximum);
  return html`<figure>
    <div class="pair">
      <div>${picture(src, file)}</div>
      <div class="mapped">
        ${picture(map, `Where the score comes from in ${file}`)}
        <span class="square" style="left:${left}%;top:${top}%;width:${width}%;height:${height}%"></span>
      </div>
    </div>
    <figcaption>
      <p>
        <span class="strong"><bdi>${said}</bdi></span> · <bdi>${score}</bdi> · scale to ${end}
      </p>
      <p><bdi>${covered}</bdi></p>
      <p class="file" title="${figure.file}"><bdi>${figure.file}</bdi></p>
    </figcaption>
  </figure>`;
}
