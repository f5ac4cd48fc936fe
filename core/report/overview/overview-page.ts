import { overviewLead } from '../../wording/overview-words.ts';
import { fileNameOf } from '../../wording/path-text.ts';
import { html, type Html } from '../html.ts';
import { htmlPage } from '../html-page.ts';
import { classesSection } from './classes-section.ts';
import { confusionSection } from './confusion-section.ts';
import { firstLooks, groupedLooks, lookInWords, membersText } from './first-looks.ts';
import { matrixSection } from './matrix-section.ts';
import type { ModelOverview } from './overview-data.ts';
import { apartTexts } from './apart-texts.ts';
import type { OverviewPage } from './overview-page-data.ts';
import { sharedConceptsSection } from './shared-concepts-section.ts';

/** Looks that are listed, and classes that are named of one; more would bury the first. */
const [LOOKS, MEMBERS] = [12, 12];

/** A whole model as one HTML file, as {@link htmlPage}. Everything from outside is escaped. */
export function renderOverview(page: OverviewPage): string {
  const { overview, model } = page;
  const name = fileNameOf(model);
  const lead = leadOf(overview);
  const body = html`<header class="summary">
      <p class="kicker">Tessera overview of a model, ${overview.bank.newest.slice(0, 10)}</p>
      <h1>
        What <em><bdi>${name}</bdi></em> rests on
      </h1>
      <p class="lead">${lead}</p>
    </header>
    <nav aria-label="Contents">
      <a href="#matrix">Classes and concepts</a> <a href="#classes">Classes</a>
      <a href="#confusion">What is taken for what</a> <a href="#concepts">Concepts</a>
      <a href="#data">Model and data</a>
    </nav>
    ${looksSection(overview)} ${matrixSection(page)} ${classesSection(overview)} ${confusionSection(overview)}
    ${sharedConceptsSection(page)} ${dataSection(page)}`;
  return htmlPage({ title: `What ${name} rests on`, description: lead, body });
}

function leadOf({ classes, concepts, answers: { known, hits } }: ModelOverview): string {
  const shared = concepts.filter(({ countsFor }) => countsFor.length > 1).length;
  return overviewLead({ classes: classes.length, concepts: concepts.length, shared, known, hits });
}

function looksSection(overview: ModelOverview): Html {
  const looks = groupedLooks(firstLooks(overview));
  return html`<section id="first">
    <h2>What to look at first</h2>
    ${
      looks.length === 0
        ? html`<p class="intro">
            Nothing stands out: no shortcut was found, no class is surely worse than the others.
          </p>`
        : html`<ol class="looks">
            ${looks.slice(0, LOOKS).map((look) => {
              const { title, text, members } = lookInWords(look, overview);
              return html`<li>
                <span class="strong">${title}</span>
                <span class="quiet">${text}</span>
                ${members.length > 0 && html`<span>${membersText(members, MEMBERS)}</span>`}
              </li>`;
            })}
          </ol>`
    }
    ${looks.length > LOOKS && html`<p class="quiet">and ${looks.length - LOOKS} more, in the tables below.</p>`}
  </section>`;
}

function dataSection({ overview, model, sha256, lost }: OverviewPage): Html {
  const { bank, classes, left, names, hidden } = overview;
  const images = classes.reduce((sum, one) => sum + one.images, 0);
  const facts: readonly (readonly [string, string])[] = [
    ['model', model],
    ['SHA-256', sha256],
    ['layer', bank.layer],
    ['concepts found', String(bank.concepts)],
    ['classes explained', `${classes.length} of ${names.length}`],
    ['images explained', String(images)],
    ...(left.length > 0
      ? [['not explained', left.map(({ index }) => names[index]).join(', ')] as const]
      : []),
    ...(hidden.length > 0 ? [['hidden concepts', `${hidden.length}, left out here`] as const] : []),
    ...apartTexts(overview).map((text) => ['merged concepts', text] as const),
    ...(lost > 0 ? [['changed or missing', `${lost} images of crops, shown blank`] as const] : []),
  ];
  return html`<section id="data">
    <h2>Model and data</h2>
    <table class="plain">
      <tbody>
        ${facts.map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td><bdi>${value}</bdi></td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="intro">
      One set of concepts was found in images of all these classes. A concept’s importance for a class is the
      part of the movement of the class’s score that involves it when all concepts are turned up and down at
      random (Sobol total index); shares overlap and may add up to more than 100&nbsp;%. Left out of tables
      are concepts that reach 5&nbsp;% for no class.
    </p>
  </section>`;
}
