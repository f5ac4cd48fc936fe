import { rankingChart } from './charts/ranking-chart.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { htmlPage } from './html-page.ts';
import type { ReportData } from './report-data.ts';
import { REPORT_SECTIONS, type ReportContents, type SectionId } from './report-sections.ts';
import { conceptsSection } from './sections/concept-section.ts';
import { dataSection } from './sections/data-section.ts';
import { honestySection } from './sections/honesty-section.ts';
import { mistakesSection } from './sections/mistakes-section.ts';
import { removalSection } from './sections/removal-section.ts';
import { reproductionSection } from './sections/reproduction-section.ts';
import { ownSection } from './sections/own-section.ts';
import { partsSection } from './sections/parts-section.ts';
import { leadSentences, summarySection } from './sections/summary-section.ts';
import { INTERVAL_WITH_SAMPLES } from '../wording/influence-words.ts';
import { samplingText } from '../wording/sampling-text.ts';
import { askedText, scoreName } from '../wording/score-words.ts';
import { scoreFactsOf, withName } from './run-score.ts';

/**
 * The report as one HTML file: no script, no request, both themes, made to be printed on A4.
 * Everything from outside (names, paths, labels, options) is escaped. `chosen` are ids of sections; absent: all.
 */
export function renderReport(data: ReportData, chosen: ReportContents['sections'] = undefined): string {
  const sections = REPORT_SECTIONS.flatMap(({ id, title }) => {
    const body = chosen === undefined || chosen.includes(id) ? SECTIONS[id](data) : undefined;
    return body ? [{ id, title, body }] : [];
  });
  const [summary, rest] = [
    sections.find(({ id }) => id === 'summary'),
    sections.filter(({ id }) => id !== 'summary'),
  ];
  const title = html`${askedText(scoreFactsOf(data.explanation))}`;
  const body = html`${summary?.body ?? html`<h1>${title}</h1>`}
    <nav aria-label="Contents">${rest.map(({ id, title }) => html`<a href="#${id}">${title}</a> `)}</nav>
    ${rest.map(({ body }) => body)}`;
  return htmlPage({ title, description: leadSentences(data), body });
}

const SECTIONS: Readonly<Record<SectionId, (data: ReportData) => Html | false | undefined>> = {
  summary: summarySection,
  ranking: rankingSection,
  concepts: conceptsSection,
  own: ownSection,
  parts: partsSection,
  removal: removalSection,
  mistakes: mistakesSection,
  honesty: honestySection,
  data: dataSection,
  reproduce: reproductionSection,
};

function rankingSection({ explanation, evaluation }: ReportData): Html {
  const { importance } = explanation;
  const score = scoreFactsOf(explanation);
  return html`<section id="ranking">
    <h2>What the ${withName(scoreName(score), score)} depends on</h2>
    ${rankingChart(explanation)}
    <p class="intro">
      All concepts are turned up and down at random while the score is watched. A concept's share is the part
      of the score's movement that involves it, alone or together with others; so shares overlap and may add
      up to more than 100&nbsp;%. The thin line is the 95&nbsp;% interval
      ${importance.method === 'exact' ? 'over images' : 'over images and repetitions'}${
        evaluation?.influence && `, ${INTERVAL_WITH_SAMPLES}`
      }.
      Concepts joined by a bracket cannot be told apart: their order may be chance. All of it is of the images
      that the concepts were made from.
      <span class="quiet">Sobol total index, ${samplingText(importance)}.</span>
    </p>
  </section>`;
}
