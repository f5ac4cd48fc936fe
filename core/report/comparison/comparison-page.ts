import { inputsText } from '../../wording/comparison-words.ts';
import { html } from '../html.ts';
import { htmlPage } from '../html-page.ts';
import { changedSection } from './changed-section.ts';
import { sideName, type ComparisonPage } from './comparison-data.ts';
import { comparisonLead } from './comparison-lead.ts';
import { loneSection } from './lone-section.ts';
import { matchSection } from './match-section.ts';
import { sidesSection } from './sides-section.ts';

/** A comparison of two runs as one HTML file, as {@link htmlPage}. Everything from outside is escaped. */
export function renderComparison(page: ComparisonPage): string {
  const { a, b } = page;
  const lead = comparisonLead(page);
  const sections = [matchSection(page), loneSection(page), changedSection(page), sidesSection(page)];
  const body = html`<header>
      <p class="kicker">Tessera comparison of two runs</p>
      <h1>
        <span class="side-letter">A</span> <em><bdi>${a.explanation.className}</bdi></em> in
        <bdi>${sideName(a)}</bdi>, <span class="side-letter">B</span>
        <em><bdi>${b.explanation.className}</bdi></em> in <bdi>${sideName(b)}</bdi>
      </h1>
      <p class="lead">${lead}</p>
      ${page.lost > 0 && html`<p class="action">${inputsText(page.lost)}</p>`}
    </header>
    ${sections}`;
  return htmlPage({ title: `${sideName(a)} and ${sideName(b)}`, description: lead, body });
}
