import { overImagesText, percentText } from '../../wording/number-text.ts';
import { countOf } from '../../wording/count-text.ts';
import { NOT_DISTINCT, OWN_MEANING, ownSentences } from '../../wording/own-concept-words.ts';
import { html, type Html } from '../html.ts';
import type { OwnInWords } from '../own-in-words.ts';
import type { ConceptPictures, ReportData } from '../report-data.ts';
import { gallery } from './concept-section.ts';
import { picture } from './picture.ts';

/** Concepts that the analyst gave by examples; nothing where there are none. */
export function ownSection(data: ReportData): Html | false {
  const { ownConcepts = [] } = data;
  if (ownConcepts.length === 0) return false;
  return html`<section id="own">
    <h2>Own concepts</h2>
    <p class="intro">${OWN_MEANING}</p>
    ${ownConcepts.map((own) => ownArticle(own, data))}
  </section>`;
}

function ownArticle(own: OwnInWords, data: ReportData): Html {
  const shown = data.pictures[own.id];
  return html`<article class="concept" id="${own.id}">
    <header>
      <h3><bdi>${own.name}</bdi></h3>
      <dl class="facts">
        <div>
          <dt>importance</dt>
          <dd>
            <span class="strong">${percentText(own.importance.mean)}</span>
            <span class="quiet">${overImagesText(own.importance, own.images)}</span>
          </dd>
        </div>
        <div>
          <dt>present in</dt>
          <dd>
            <span class="strong">${percentText(own.prevalence)}</span>
            <span class="quiet">of ${countOf(own.images, 'image')}</span>
          </dd>
        </div>
      </dl>
    </header>
    ${!own.isDistinct && html`<p><strong>This concept is ${NOT_DISTINCT}.</strong></p>`}
    ${own.comment !== '' && html`<p class="comment">${own.comment}</p>`}
    <ul>
      ${ownSentences(own).map((text) => html`<li>${text}</li>`)}
    </ul>
    ${shown && gallery(own, shown, data)} ${shown && shown.examples.length > 0 && maps(own, shown)}
  </article>`;
}

/** The images where it is strongest, each beside its amounts on the layer's grid. */
function maps({ name }: OwnInWords, { examples }: ConceptPictures): Html {
  return html`<div class="examples">
    ${examples.map(
      ({ src, map }) =>
        html`<figure>
          <div class="pair">
            ${picture(src, `Where ${name} is strong`)}
            ${picture(map, `How much of ${name} is where: brighter is more`)}
          </div>
        </figure>`,
    )}
  </div>`;
}
