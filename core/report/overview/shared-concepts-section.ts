import { hasInterval, intervalText, percentText } from '../../wording/number-text.ts';
import { html, type Html } from '../html.ts';
import { picture } from '../sections/picture.ts';
import type { PicturedConcept } from './overview-data.ts';
import type { OverviewPage } from './overview-page-data.ts';

/** Classes that are named of a concept. */
const NAMED = 6;

/** Every concept in pictures, with the classes for which it counts. */
export function sharedConceptsSection({ overview, crops }: OverviewPage): Html {
  const { classes, concepts, names } = overview;
  const placeOf = new Map(classes.map(({ index }, at) => [index, at]));
  return html`<section id="concepts">
    <h2>Concepts</h2>
    <p class="intro">Where each is strongest in images of the class for which it matters most.</p>
    <div class="shared-concepts">
      ${concepts.map((concept) => {
        const { id, name, countsFor } = concept;
        const named = countsFor.slice(0, NAMED);
        return html`<article class="concept" id="${id}">
          <h3><bdi>${name}</bdi></h3>
          <div class="crop-row">${crops[id].map((src, at) => picture(src, `${name}, crop ${at + 1}`))}</div>
          <p class="small">
            ${named.map((index, at) => html`${at > 0 && ', '}<bdi>${names[index]}</bdi> ${importanceText(concept, placeOf.get(index)!)}`)}
            ${countsFor.length > NAMED && html` and ${countsFor.length - NAMED} more`}
          </p>
        </article>`;
      })}
    </div>
  </section>`;
}

function importanceText({ importance }: PicturedConcept, at: number): Html {
  const own = importance[at];
  return html`${percentText(own.mean)}${hasInterval(own) && html` <span class="quiet">${intervalText(own)}</span>`}`;
}
