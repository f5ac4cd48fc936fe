import type { Concept, ConceptRemoval } from '../../concepts/explanation.ts';
import { countOf } from '../../wording/count-text.ts';
import { percentText } from '../../wording/number-text.ts';
import { borderText, decidedOtherwise, isNumber, sideText } from '../../wording/said-words.ts';
import type { ScoreFacts } from '../../wording/score-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { scoreFactsOf } from '../run-score.ts';
import { swatch } from './swatch.ts';

/** What becomes of the decisions without each concept; nothing for runs that did not look. */
export function removalSection({ explanation, notes }: ReportData): Html | false {
  const { removals, concepts, images } = explanation;
  if (removals === undefined) return false;
  const shown = removals.filter(({ concept }) => !notes.hidden.includes(concept));
  const decisive = shown.filter(({ flips }) => flips.length > 0);
  const score = scoreFactsOf(explanation);
  const border = isNumber(score) ? borderText(score) : '';
  const lost = images.filter(({ agrees }) => !agrees).length;
  return html`<section id="removal">
    <h2>What if a concept were not there?</h2>
    <p class="intro">
      Each concept is taken out of each of the ${countOf(images.length, 'image')} inside the model, and the
      model ${border === '' ? 'decides' : 'tells its number'} again; what no concept explains does not change.
      ${
        border === ''
          ? 'Where the decision changes, it rests on that concept.'
          : `Counted is which images get to the other side of the ${border}.`
      }
      Two concepts that stand in for each other can both change nothing here.
    </p>
    ${decisive.length > 0 && flipTable(decisive, concepts, images.length, score)}
    <p>
      ${remainder(shown.length - decisive.length, shown.length, isNumber(score))} Without what no concept
      explains, ${lost === 0 ? 'none' : lost} of the ${countOf(images.length, 'image')}
      ${decidedOtherwise(score, lost <= 1)}
    </p>
  </section>`;
}

function flipTable(
  decisive: readonly ConceptRemoval[],
  concepts: readonly Concept[],
  images: number,
  score: ScoreFacts,
): Html {
  const rows = decisive.map((removal) => {
    const rank = concepts.findIndex(({ id }) => id === removal.concept);
    return html`<tr>
      <th scope="row">${swatch(rank)} <bdi>${concepts[rank].name}</bdi></th>
      <td class="short">${removal.flips.length} of ${images}</td>
      <td class="short">${percentText(removal.flips.length / images)}</td>
      <td>${destinations(removal, score)}</td>
    </tr>`;
  });
  return html`<table class="plain">
    <thead>
      <tr>
        <th scope="col">without</th>
        <th scope="col">${isNumber(score) ? 'on the other side' : 'decided otherwise'}</th>
        <th scope="col" class="short">share</th>
        <th scope="col">${isNumber(score) ? 'then' : 'then called'}</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function remainder(idle: number, all: number, isOfNumber: boolean): string {
  const nothing = isOfNumber ? 'no image changes sides' : 'no decision changes';
  if (idle === 0) return '';
  if (idle === all) return `${nothing.replace('no', 'No')} without any one of the concepts.`;
  return `Without ${idle === 1 ? 'the other concept' : `any one of the other ${idle} concepts`}, ${nothing}.`;
}

/** What the changed images become, the most frequent first. */
function destinations({ flips }: ConceptRemoval, score: ScoreFacts): string {
  const counts = new Map<string, number>();
  for (const { to } of flips) {
    const name = sideText(score, to);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([name, count]) => (counts.size === 1 ? name : `${name} ${count}`))
    .join(', ');
}
