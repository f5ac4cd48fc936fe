import type { LoneConcept } from '../../comparison/compare-runs.ts';
import { LONE_MEANING, nearestText } from '../../wording/comparison-words.ts';
import { overImagesText, percentText } from '../../wording/number-text.ts';
import { html, type Html } from '../html.ts';
import { swatch } from '../sections/swatch.ts';
import {
  namedLone,
  type ComparedSide,
  type ComparisonPage,
  type ConceptPicturesOf,
} from './comparison-data.ts';
import { cropRow } from './match-section.ts';

/** The concepts that one run has and the other has not, the most important first; nothing where nothing is said of concepts. */
export function loneSection({ a, b, comparison, pictures }: ComparisonPage): Html | false {
  const { onlyA, onlyB, matchedBy } = comparison;
  if (matchedBy === undefined || onlyA.length + onlyB.length === 0) return false;
  return html`<section id="lone">
    <h2>Concepts in one of them</h2>
    <p class="intro">
      ${LONE_MEANING[matchedBy]}, as far as the images that were looked at tell, or only one that has a closer
      match. The most important come first.
    </p>
    <div class="columns">
      ${loneColumn('A', onlyA, a, b, pictures.a)} ${loneColumn('B', onlyB, b, a, pictures.b)}
    </div>
  </section>`;
}

function loneColumn(
  letter: string,
  lone: readonly LoneConcept[],
  own: ComparedSide,
  other: ComparedSide,
  pictures: readonly ConceptPicturesOf[],
): Html {
  return html`<div class="lone">
    <h3><span class="side-letter">${letter}</span> only</h3>
    ${lone.length === 0 && html`<p class="quiet">Nothing.</p>`}
    ${lone.map((one) => {
      const { concept, nearest } = namedLone(one, own.compared, other.compared);
      const { importance, prevalence } = concept;
      return html`<article>
        <p>
          ${swatch(one.concept)}<span class="strong"><bdi>${concept.name}</bdi></span>
        </p>
        <p class="small">
          importance <span class="strong">${percentText(importance.mean)}</span>
          <span class="quiet">${overImagesText(importance, own.compared.images.length)}</span>, present in
          ${percentText(prevalence)}
        </p>
        ${cropRow(pictures[one.concept].crops, `${letter}: ${concept.name}`)}
        <p class="small quiet">${nearestText(nearest, one.isSecond)}</p>
      </article>`;
    })}
  </div>`;
}
