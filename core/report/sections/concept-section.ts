import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import type { Concept } from '../../concepts/explanation.ts';
import { sampledText } from '../../wording/influence-words.ts';
import { bestOfFew, imagesApart } from '../../metrics/claims.ts';
import type { ConceptBasis } from '../../metrics/evaluation.ts';
import type { ConceptStability } from '../../metrics/stability.ts';
import { TRUST_THRESHOLDS } from '../../metrics/trust.ts';
import { countOf } from '../../wording/count-text.ts';
import { FOUND_AGAIN_WORDS } from '../../wording/evaluation-words.ts';
import { FOUND_AGAIN_UNKNOWN, MERGED_MEANING, mergedFromText } from '../../wording/merge-words.ts';
import { answerText } from '../../wording/answer-text.ts';
import { isNumber, saidText } from '../../wording/said-words.ts';
import { toldAs, type ScoreFacts } from '../../wording/score-words.ts';
import {
  changeText,
  decimalText,
  gradedDecimalText,
  numberText,
  overImagesText,
  percentText,
  shortPercentText,
} from '../../wording/number-text.ts';
import { fileNameOf } from '../../wording/path-text.ts';
import { strengthStrip } from '../charts/strength-strip.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { ConceptPictures, ReportData } from '../report-data.ts';
import { scoreFactsOf } from '../run-score.ts';
import { SHORTCUT_MEANING, SHORTCUT_SIGN } from '../../wording/shortcut-words.ts';
import { shortcutsInWords, type ShortcutInWords } from '../shortcuts-in-words.ts';
import { drawnBy, mapMeaning, methodList } from './map-methods.ts';
import { picture } from './picture.ts';
import { colourStyle } from './swatch.ts';

/** Every concept that is not hidden: where it is strongest, where it lies in whole images, and its numbers. */
export function conceptsSection(data: ReportData): Html {
  const { concepts } = data.explanation;
  const hidden = concepts.filter(({ id }) => data.notes.hidden.includes(id)).length;
  const ranked = concepts
    .map((concept, rank) => ({ concept, rank, isMinor: isMinorConcept(concept, data) }))
    .filter(({ concept }) => !data.notes.hidden.includes(concept.id));
  const minor = ranked.filter(({ isMinor }) => isMinor);
  return html`<section id="concepts">
    <h2>The concepts, one by one</h2>
    <p class="intro">
      A concept is a pattern that the model itself reacts to, found without labels; its name is given by a
      person or just a number. The crops are the places where it is strongest, at most one an image, each with
      its amount. On the maps the picture is grey and the colour says ${mapMeaning(data.explanation)}
      ${hidden > 0 && html`${countOf(hidden, 'concept')} hidden by the analyst ${hidden === 1 ? 'is' : 'are'} left out here.`}
    </p>
    ${methodList(data.explanation)}
    ${ranked.filter(({ isMinor }) => !isMinor || minor.length < FEW_MINOR).map(({ concept, rank }) => conceptArticle(concept, rank, data))}
    ${
      minor.length >= FEW_MINOR &&
      html`<details class="minor">
        <summary>
          ${countOf(minor.length, 'concept')} with less than ${shortPercentText(MINOR)} of the movement of the
          score each
        </summary>
        ${minor.map(({ concept, rank }) => conceptArticle(concept, rank, data))}
      </details>`
    }
  </section>`;
}

/** Importance below which a concept is folded away, and how many of those are left in sight. */
const MINOR = 0.01;
const FEW_MINOR = 6;

/** Does next to nothing of the score depend on it, and has nobody and nothing remarked on it? */
function isMinorConcept({ id, importance }: Concept, { explanation, notes }: ReportData): boolean {
  const isFlagged = shortcutsInWords(explanation).some(({ conceptId }) => conceptId === id);
  return importance.mean < MINOR && !isFlagged && (notes.comments[id] ?? '') === '';
}

function conceptArticle(concept: Concept, rank: number, data: ReportData): Html {
  const pictures = data.pictures[concept.id];
  const comment = data.notes.comments[concept.id];
  return html`<article class="concept" id="${concept.id}" style="${colourStyle(rank)}">
    <header>
      <h3><span class="rank">${rank + 1}</span><bdi>${concept.name}</bdi></h3>
      ${conceptFacts(concept, data)}
    </header>
    ${shortcutsInWords(data.explanation)
      .filter(({ conceptId }) => conceptId === concept.id)
      .map(shortcutBlock)}
    ${concept.merged && html`<p class="quiet small">${mergedFromText(namesOf(concept.merged, data))} ${MERGED_MEANING}</p>`}
    ${comment !== undefined && comment !== '' && html`<p class="comment">${comment}</p>`}
    ${pictures !== undefined && gallery(concept, pictures, data)}
    ${pictures !== undefined && pictures.examples.length > 0 && examples(concept, pictures, data)}
  </article>`;
}

/** What the model leans on through the concept, with what speaks for it. */
function shortcutBlock({ leans, evidence, notes }: ShortcutInWords): Html {
  return html`<div class="shortcut">
    <p><strong>${SHORTCUT_SIGN}: the model ${leans}.</strong> ${SHORTCUT_MEANING}</p>
    <ul>
      ${[...evidence.map(({ sentence }) => sentence), ...notes].map((text) => html`<li>${text}</li>`)}
    </ul>
  </div>`;
}

/** What the score has from a concept, with its sign. */
function effectFact(effect: number, score: ScoreFacts): Html {
  const { name, sign } = toldAs(score);
  return html`<div>
    <dt>effect</dt>
    <dd>
      <span class="strong">${changeText(sign * effect)}</span>
      <span class="quiet">on the ${name}, on average</span>
    </dd>
  </div>`;
}

function conceptFacts(concept: Concept, { explanation, strengths, evaluation }: ReportData): Html {
  const { concepts, images } = explanation;
  const ties = concepts.filter(({ tier }) => tier === concept.tier).length - 1;
  const isKnown = bestOfFew(imagesApart(images.map(({ logit }) => logit))) !== 'unknown';
  const found = concept.merged || !isKnown ? undefined : evaluation?.stability.concepts[rowOfId(concept.id)];
  const basis = concept.merged ? undefined : evaluation?.influence?.concepts[rowOfId(concept.id)];
  const strip = strengthStrip(strengths[concept.id] ?? [], concepts.indexOf(concept));
  return html`<dl class="facts">
    <div>
      <dt>importance</dt>
      <dd>
        <span class="strong">${percentText(concept.importance.mean)}</span>
        <span class="quiet">${overImagesText(concept.importance, images.length)}</span>
      </dd>
    </div>
    ${concept.effect !== undefined && effectFact(concept.effect, scoreFactsOf(explanation))}
    <div>
      <dt>present in</dt>
      <dd>
        <span class="strong">${percentText(concept.prevalence)}</span>
        <span class="quiet">of ${countOf(images.length, 'image')}</span>
      </dd>
    </div>
    <div>
      <dt>rank</dt>
      <dd>
        <span class="strong">tier ${concept.tier + 1}</span>
        <span class="quiet"
          >${ties === 0 ? 'distinct' : `tied with ${ties} other${ties === 1 ? '' : 's'}`}</span
        >
      </dd>
    </div>
    ${found !== undefined && foundAgain(found)}
    ${basis !== undefined && sampled(basis, evaluation?.influence?.source === 'refits', found?.mean)}
    ${concept.merged && evaluation && notChecked()}
    ${
      strip &&
      html`<div class="wide">
        <dt>amount in each image</dt>
        <dd>${strip}</dd>
      </div>`
    }
  </dl>`;
}

/** How it would come out of other pictures. */
function sampled({ cosine }: ConceptBasis, isRefitted: boolean, foundAgain: number | undefined): Html {
  return html`<div class="sentence">
    <dt>from other pictures</dt>
    <dd><span class="quiet">${sampledText({ cosine, isRefitted }, foundAgain ?? null)}</span></dd>
  </div>`;
}

/** The check is of concepts by themselves. */
function notChecked(): Html {
  return html`<div>
    <dt>found again</dt>
    <dd><span class="quiet">${FOUND_AGAIN_UNKNOWN}</span></dd>
  </div>`;
}

/** Names of concepts as the run found them. */
function namesOf(ids: readonly string[], { run, notes }: ReportData): string[] {
  const found = run.explanation?.concepts ?? [];
  return ids.map((id) => notes.names[id] ?? found.find((concept) => concept.id === id)?.name ?? id);
}

/** How far a concept is found again: its likeness in banks made again. */
function foundAgain({ mean, min }: ConceptStability): Html {
  const { good, fair } = TRUST_THRESHOLDS.stability;
  const word = FOUND_AGAIN_WORDS[mean >= good ? 'good' : mean >= fair ? 'fair' : 'weak'];
  return html`<div>
    <dt>found again</dt>
    <dd>
      <span class="strong">${gradedDecimalText(mean, [good, fair])}</span>
      <span class="quiet">${word}, at worst ${decimalText(min)}</span>
    </dd>
  </div>`;
}

/** The strongest crops of a concept, each with its file and amount. */
export function gallery(
  { name }: Pick<Concept, 'name'>,
  { crops }: ConceptPictures,
  { explanation }: Pick<ReportData, 'explanation'>,
): Html {
  return html`<ul class="gallery" aria-label="Strongest crops">
    ${crops.map(({ src, image, coefficient }) => {
      const file = fileNameOf(explanation.images[image]?.file ?? '');
      return html`<li>
        <figure>
          ${picture(src, `Crop of ${file} where ${name} is strong`)}
          <figcaption>
            <span class="file" title="${file}"><bdi>${file}</bdi></span
            ><span class="number">${numberText(coefficient)}</span>
          </figcaption>
        </figure>
      </li>`;
    })}
  </ul>`;
}

function examples({ name }: Concept, pictures: ConceptPictures, { explanation }: ReportData): Html {
  const methods = drawnBy(explanation);
  const score = scoreFactsOf(explanation);
  const width = ['', '', ' several'][methods.length] ?? ' many';
  return html`<div class="examples${width}" style="--columns:${columnsFor(methods.length + 1)}">
    ${pictures.examples.map(({ src, map, furtherMaps = [], image }) => {
      const record = explanation.images[image];
      const file = fileNameOf(record?.file ?? '');
      return html`<figure>
        <div class="pair">
          <div>${picture(src, file)}</div>
          ${[map, ...furtherMaps].map((url, i) => {
            const title = methods[i]?.title ?? 'map';
            return html`<div>
              ${picture(url, `Where ${name} is in ${file} by ${title}: brighter is stronger`)}
              ${methods.length > 1 && html`<span class="by">${title}</span>`}
            </div>`;
          })}
        </div>
        <figcaption>
          <span class="file" title="${file}"><bdi>${file}</bdi></span>
          ${
            record &&
            html`<span class="said"
              ><bdi>${saidText(score, record.predicted)}</bdi>
              ${!isNumber(score) && answerText(record.predicted)}</span
            >`
          }
        </figcaption>
      </figure>`;
    })}
    <div class="legends">
      <p class="quiet small">
        ${methods.length === 1 ? 'One scale for these maps' : 'One scale for each method'}
      </p>
      ${methods.map(({ title }, i) =>
        legend(title, i === 0 ? pictures.mapMaximum : (pictures.furtherMaxima?.[i - 1] ?? 0)),
      )}
    </div>
  </div>`;
}

/** Most pictures side by side: beyond, a map is too small to be read on A4. */
const MOST_COLUMNS = 6;

/** Columns for a picture and its maps, so that the rows they need are filled evenly. */
function columnsFor(pictures: number): number {
  return Math.ceil(pictures / Math.ceil(pictures / MOST_COLUMNS));
}

/** One scale for all maps of a concept by one method. */
function legend(title: string, maximum: number): Html {
  return html`<p class="legend">
    <span>0</span><span class="scale" aria-hidden="true"></span><span>${numberText(maximum)}</span>
    <span class="by">${title}</span>
  </p>`;
}
