import type { DecisionChanged } from '../../comparison/compare-decisions.ts';
import type { NamedAnswer } from '../../score/named-answer.ts';
import { answerText } from '../../wording/answer-text.ts';
import {
  BEHIND_MEANING,
  causeText,
  decisionsText,
  NO_DECISIONS,
  TURN_WORDS,
  turnsText,
} from '../../wording/comparison-words.ts';
import { countOf } from '../../wording/count-text.ts';
import { fileNameOf } from '../../wording/path-text.ts';
import { html, type Html } from '../html.ts';
import { picture } from '../sections/picture.ts';
import { conceptBehind, type ComparisonPage } from './comparison-data.ts';

/** Changed decisions that are shown. */
export const MOST_SHOWN = 48;

/** The images that the two models decide otherwise, with what is behind it. */
export function changedSection(page: ComparisonPage): Html {
  const { decisions } = page.comparison;
  const title = html`<h2>Decisions that changed</h2>`;
  if (typeof decisions === 'string')
    return html`<section id="changed">
      ${title}
      <p class="intro">Decisions are not compared. ${NO_DECISIONS[decisions]}</p>
    </section>`;
  const { agree, images, changed } = decisions;
  const more = changed.length - MOST_SHOWN;
  return html`<section id="changed">
    ${title}
    <p class="intro">
      ${decisionsText(agree, images)} ${turnsText(changed)} ${changed.length > 0 && BEHIND_MEANING}
      ${more > 0 && `${countOf(more, 'more is', 'more are')} not shown; compare --json lists all.`}
    </p>
    ${
      changed.length > 0 &&
      html`<ul class="mistakes">
        ${changed.slice(0, MOST_SHOWN).map((one) => changedCard(one, page))}
      </ul>`
    }
  </section>`;
}

function changedCard(changed: DecisionChanged, page: ComparisonPage): Html {
  const { file, a, b, turn, concepts } = changed;
  const name = fileNameOf(file);
  const src = page.changedPictures[file];
  const says = (letter: string, answer: NamedAnswer): Html =>
    html`<p>
      <span class="side-letter">${letter}</span>
      <strong><bdi>${answer.name}</bdi></strong> ${answerText(answer)}
    </p>`;
  return html`<li>
    ${src === undefined ? html`<p class="gone quiet">The picture can no longer be read.</p>` : picture(src, name)}
    <div class="small">
      <p class="file" title="${file}"><bdi>${name}</bdi></p>
      ${says('A', a)} ${says('B', b)} ${turn && html`<p>${TURN_WORDS[turn]}</p>`}
      ${concepts.map((cause) => html`<p class="quiet"><bdi>${causeText({ ...cause, name: conceptBehind(page, cause).name })}</bdi></p>`)}
    </div>
  </li>`;
}
