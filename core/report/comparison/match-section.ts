import type { ConceptMatch } from '../../comparison/compare-runs.ts';
import type { Difference } from '../../comparison/difference.ts';
import {
  CANNOT_MATCH,
  differenceLimits,
  figureChangeText,
  figuresText,
  MATCHED_BY,
  PAIRED_BY,
  similarityText,
  STATUS_MEANING,
  STATUS_WORDS,
} from '../../wording/comparison-words.ts';
import { countOf } from '../../wording/count-text.ts';
import { percentText } from '../../wording/number-text.ts';
import { html, type Html } from '../html.ts';
import { picture } from '../sections/picture.ts';
import { colourStyle, swatch } from '../sections/swatch.ts';
import type { ComparedSides, ComparisonPage, ConceptPicturesOf } from './comparison-data.ts';

/** The concepts that both runs have, side by side. */
export function matchSection(page: ComparisonPage): Html {
  const { comparison } = page;
  const { matches, matchedBy } = comparison;
  if (matchedBy === undefined)
    return html`<section id="matches">
      <h2>Concepts in both</h2>
      <p class="intro">${CANNOT_MATCH}</p>
    </section>`;
  return html`<section id="matches">
    <h2>Concepts in both</h2>
    <p class="intro">
      Matched ${MATCHED_BY[matchedBy]}. ${STATUS_MEANING} ${imagesText(page)}
      ${differenceLimits(comparison.coversMovement)}
    </p>
    ${matches.map((match) => matchArticle(match, page))}
  </section>`;
}

function imagesText({ comparison: { images, isPaired } }: ComparedSides): string {
  const common = `${countOf(images.common, 'image is', 'images are')} explained by both, ${PAIRED_BY[images.pairedBy]}.`;
  return isPaired
    ? `${common} ${figuresText(true)} The lower row shows both concepts in the same ones.`
    : `${common} ${figuresText(false)}`;
}

function matchArticle(match: ConceptMatch, page: ComparisonPage): Html {
  const { a, b, pictures } = page;
  const { similarity, status, importance, prevalence } = match;
  const [first, second] = [a.compared.concepts[match.a], b.compared.concepts[match.b]];
  return html`<article class="concept match ${status}" style="${colourStyle(match.a)}">
    <header>
      <h3>${swatch(match.a)}<bdi>${first.name}</bdi></h3>
      <dl class="facts">
        <div>
          <dt>alike</dt>
          <dd>
            <span class="strong">${similarityText(similarity)}</span>
            <span class="quiet">${STATUS_WORDS[status]}</span>
          </dd>
        </div>
        ${differenceFact('importance', importance)} ${differenceFact('present in', prevalence)}
      </dl>
    </header>
    <div class="both">
      ${sideGallery('A', first.name, pictures.a[match.a])}
      ${sideGallery('B', second.name, pictures.b[match.b])}
    </div>
  </article>`;
}

/** A figure in both runs with two bars, and by how much it differs. */
function differenceFact(name: string, own: Difference): Html {
  const bar = (letter: string, share: number): Html =>
    html`<span class="share"
      ><span class="quiet">${letter}</span
      ><span class="track"><span style="--share:${Math.min(1, Math.max(0, share))}"></span></span
      >${percentText(share)}</span
    >`;
  return html`<div class="wide">
    <dt>${name}</dt>
    <dd>${bar('A', own.a)} ${bar('B', own.b)} <span class="quiet">change ${figureChangeText(own)}</span></dd>
  </div>`;
}

/** Where a concept is strongest, and below it in whole images. */
function sideGallery(letter: string, name: string, { crops, maps }: ConceptPicturesOf): Html {
  return html`<div>
    <p class="side-head"><span class="side-letter">${letter}</span> <bdi>${name}</bdi></p>
    ${cropRow(crops, `${letter}: ${name}`)}
    ${maps.length > 0 && html`<div class="maps-row">${maps.map((src, at) => picture(src, `Where ${name} of ${letter} is, image ${at + 1}`))}</div>`}
  </div>`;
}

/** Crops of a concept in a row. */
export function cropRow(crops: readonly string[], name: string): Html {
  return html`<div class="crop-row">${crops.map((src, at) => picture(src, `${name}, crop ${at + 1}`))}</div>`;
}
