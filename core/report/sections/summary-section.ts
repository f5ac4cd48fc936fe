import type { Concept, Explanation } from '../../concepts/explanation.ts';
import type { HeldOut } from '../../metrics/held-out.ts';
import { countText, listText } from '../../wording/count-text.ts';
import { hasInterval, intervalText, overImagesText, percentText } from '../../wording/number-text.ts';
import { fileNameOf } from '../../wording/path-text.ts';
import { isNumber } from '../../wording/said-words.ts';
import { askedText, toldAs, type ScoreFacts } from '../../wording/score-words.ts';
import { LEVEL_WORDS } from '../../wording/trust-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { isAsked, scoreFactsOf, withName } from '../run-score.ts';
import { findingsOf, nothingMoves } from '../findings.ts';
import { shortcutsInWords } from '../shortcuts-in-words.ts';
import { trustVerdict, type TrustVerdict } from '../trust-verdict.ts';
import { picture } from './picture.ts';
import { colourStyle, swatch } from './swatch.ts';

/** Concepts named in a sentence before it only counts them. */
const MOST_NAMED = 3;

/** Title, one paragraph for a reader who reads no further, and the leading concepts in pictures. */
export function summarySection(data: ReportData): Html {
  const score = scoreFactsOf(data.explanation);
  const verdict = trustVerdict(data.run.explanation ?? data.explanation, data.evaluation);
  return html`<header class="summary">
    <p class="kicker">
      Tessera explanation of <bdi>${fileNameOf(data.project.model.path)}</bdi>,
      ${data.run.created.slice(0, 10)}
    </p>
    <h1>${withName(askedText(score), score)}</h1>
    ${trustLine(data, verdict)}
    <p class="lead">${leadSentences(data)}</p>
    ${findingsList(data.explanation, verdict)} ${glance(data)}
  </header>`;
}

/** The first paragraph in words; also the page's description. */
export function leadSentences({
  explanation,
  evaluation,
}: Pick<ReportData, 'explanation' | 'evaluation'>): string {
  return [
    verdictSentence(explanation),
    amountSentence(explanation),
    flaggedSentence(explanation),
    carriedSentence(explanation, evaluation?.heldOut),
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function verdictSentence(explanation: Explanation): string {
  const { images, className, concepts } = explanation;
  const called = images.filter(({ predicted }) => isAsked(explanation, predicted.index)).length;
  if (nothingMoves(explanation))
    return `${calledSentence(explanation, called)} Nothing that the concepts do moves its score: no reason is found, and none is claimed.`;
  const causes = leaders(concepts);
  if (images.length === 0 || causes.length === 0)
    return `No explanation of \u201c${className}\u201d was found.`;
  const names =
    causes.length <= MOST_NAMED
      ? listText(causes.map(({ name }) => `\u201c${name}\u201d`))
      : `${causes.length} concepts together`;
  const score = scoreFactsOf(explanation);
  if (isUntold(explanation)) {
    const untold = `Which of the ${countText(concepts.length)} concepts the ${toldAs(score).name} depends on most cannot be told.`;
    return isDecided(score) ? `${calledSentence(explanation, called)} ${untold}` : untold;
  }
  const these = images.length === 1 ? 'this image' : `these ${countText(images.length)} images`;
  const isMost = sum(causes) >= MOSTLY;
  const onWhat = isMost ? `depends mostly on ${names}` : `leans on several things, most on ${names}`;
  const told = `The ${toldAs(score).name}`;
  const what = `${onWhat}${wayOf(causes, score)}.`;
  if (!isDecided(score)) return `${told} ${isNumber(score) ? 'of' : 'in'} ${these} ${what}`;
  if (called < images.length) return `${calledSentence(explanation, called)} ${told} ${what}`;
  // What holds the answer down is no reason for it.
  if (causes.some(({ effect = 0 }) => effect < 0))
    return `${calledSentence(explanation, called)} ${told} ${what}`;
  const why = isMost ? `mostly because of ${names}` : `for several reasons, most of all ${names}`;
  return `The model calls ${these} \u201c${className}\u201d ${why}.`;
}

/** Is no concept told apart from another, where there are too many to name? */
function isUntold({ concepts }: Explanation): boolean {
  return concepts.length > MOST_NAMED && leaders(concepts).length === concepts.length;
}

/** That a concept which leads is one that carries a shortcut; empty where none is. */
function flaggedSentence(explanation: Explanation): string {
  const leading = new Set(leaders(explanation.concepts).map(({ id }) => id));
  return shortcutsInWords(explanation)
    .filter(({ conceptId }) => leading.has(conceptId) && !nothingMoves(explanation))
    .map(
      ({ conceptName, leans }) =>
        `\u201c${conceptName}\u201d is flagged as a shortcut: through it the model ${leans}.`,
    )
    .join(' ');
}

/** How many of the images are answered as explained. */
function calledSentence({ images, className }: Explanation, called: number): string {
  const these = images.length === 1 ? 'this image' : `these ${countText(images.length)} images`;
  const which = called < images.length ? `${called === 0 ? 'none' : countText(called)} of ${these}` : these;
  return `The model calls ${which} \u201c${className}\u201d.`;
}

/** Which way the one leading concept moves the number, where that is not what is explained already. */
function wayOf(causes: readonly Concept[], score: ScoreFacts): string {
  const effect = causes.length === 1 ? causes[0].effect : undefined;
  if (effect === undefined) return '';
  if (toldAs(score).sign * effect < 0) return ', which lowers it';
  return isNumber(score) ? ', which lifts it' : '';
}

/** Share of the movement from which on something is said to be most of it. */
const MOSTLY = 0.5;

function sum(concepts: readonly Concept[]): number {
  return concepts.reduce((total, { importance }) => total + importance.mean, 0);
}

/** Is what is explained an answer that the model gives, rather than a number, a likeness or a lead? */
function isDecided({ model, explained }: ScoreFacts): boolean {
  const isAnswer = explained.kind === 'class' || explained.kind === 'side';
  return isAnswer && model.task !== 'regression';
}

function amountSentence(explanation: Explanation): string {
  const { concepts, images } = explanation;
  const causes = leaders(concepts);
  if (nothingMoves(explanation) || isUntold(explanation) || causes.length === 0) return '';
  if (causes.length === 1)
    return `When concepts are turned up and down at random, ${percentText(causes[0].importance.mean)} of the movement of the score involves it (${images.length > 1 && hasInterval(causes[0].importance) ? '95\u00a0% interval ' : ''}${overImagesText(causes[0].importance, images.length)}).`;
  const means = causes.map(({ importance }) => importance.mean);
  return `When concepts are turned up and down at random, each of them is involved in ${percentText(Math.min(...means))} to ${percentText(Math.max(...means))} of the movement of the score; which of them matters most cannot be told.`;
}

/** How much the concepts carry beside what none of them explains, in images that had no part in making them if it is known. */
function carriedSentence(explanation: Explanation, heldOut: HeldOut | undefined): string {
  const { concepts, ...own } = explanation;
  const rest = heldOut?.rest ?? own.rest;
  if (rest === undefined || concepts.length < 2) return '';
  const [carried, interval] = [
    percentText(1 - rest.mean),
    intervalText({ low: 1 - rest.high, high: 1 - rest.low }),
  ];
  // Where the amount of each was told just before, the movement is named already.
  const ofWhat = amountSentence(explanation) === '' ? 'the movement of the score' : 'it';
  const within = !hasInterval(rest) || interval === carried ? '' : ` (${interval})`;
  const where =
    heldOut?.rest === undefined
      ? ` in the ${own.images.length === 1 ? 'image' : 'images'} that they were made from`
      : ' in images that had no part in making them';
  return `All ${countText(concepts.length)} concepts together carry ${carried} of ${ofWhat}${within}${where}.`;
}

function leaders(concepts: readonly Concept[]): readonly Concept[] {
  return concepts.filter(({ tier }) => tier === 0);
}

/** Three bars and words, so that the grade does not rest on colour. */
function trustLine(
  { explanation, evaluation }: ReportData,
  { grade, headline, reasons, cautions }: TrustVerdict,
): Html {
  const { agreement } = evaluation?.heldOut ?? explanation.reconstruction;
  const same = isNumber(scoreFactsOf(explanation))
    ? `Replayed through the concepts, ${percentText(agreement)} of the images stay on their side of the border.`
    : `Replayed through the concepts, the model gives the same answer for ${percentText(agreement)} of the images.`;
  return html`<p class="trust ${grade}">
    <span class="lamp" aria-hidden="true"><i></i><i></i><i></i></span>
    <span
      ><strong>Trust: ${LEVEL_WORDS[grade]}.</strong> ${headline}. ${grade === 'good' ? same : reasons[0]}
      ${cautions[0]} <a href="#honesty">How this is judged</a></span
    >
  </p>`;
}

/** What to take along, and what to do about it. */
function findingsList(explanation: Explanation, verdict: TrustVerdict): Html | false {
  const { sentences, action } = findingsOf(explanation, verdict);
  return (
    sentences.length > 0 &&
    html`<ul class="findings">
        ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
      </ul>
      <p class="action"><strong>What to do next.</strong> ${action}</p>`
  );
}

function glance({ explanation, pictures, notes }: ReportData): Html | undefined {
  const shown = explanation.concepts
    .map((concept, rank) => ({ concept, rank, crops: pictures[concept.id]?.crops ?? [] }))
    .filter(({ concept, crops }) => crops.length > 0 && !notes.hidden.includes(concept.id))
    .slice(0, 3);
  if (shown.length === 0) return undefined;
  return html`<ul class="glance">
    ${shown.map(
      ({ concept, rank, crops }) =>
        html`<li style="${colourStyle(rank)}">
          <a href="#${concept.id}" aria-label="${concept.name}">
            <span class="mosaic" aria-hidden="true">
              ${crops.slice(0, 4).map((crop) => picture(crop.src, ''))}
            </span>
          </a>
          <p class="glance-name">${swatch(rank)}<bdi>${concept.name}</bdi></p>
          <p class="glance-share">
            <span class="strong">${percentText(concept.importance.mean)}</span>
            <span class="quiet">${overImagesText(concept.importance, explanation.images.length)}</span>
          </p>
        </li>`,
    )}
  </ul>`;
}
