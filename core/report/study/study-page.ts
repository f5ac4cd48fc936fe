import type { StudyAnalysis } from '../../study/analysis/analyse-study.ts';
import type { FrozenStudy } from '../../study/study.ts';
import { html, type Html } from '../html.ts';
import { htmlPage } from '../html-page.ts';
import { accuracySection } from './accuracy-section.ts';
import { answersSection, plainAnswersSection } from './answers-section.ts';
import { choiceSection, coherenceSection } from './concepts-sections.ts';
import { designSection, exclusionsSection } from './design-section.ts';
import { studyVerdict, type Answerers } from './study-verdict.ts';
import { testsSection } from './tests-section.ts';

/** A study with people, or a dry run of one, and what came of it. */
export interface StudyPage extends Answerers {
  readonly frozen: FrozenStudy;
  readonly analysis: StudyAnalysis;
}

/** A study's analysis as one HTML file, as {@link htmlPage}. Everything from outside is escaped. */
export function renderStudyPage({ frozen, analysis, isSimulated = false }: StudyPage): string {
  const { title, frozen: date } = frozen.study;
  const { headline, cautions } = studyVerdict(frozen.study, analysis, { isSimulated });
  const sections = sectionsOf(analysis);
  const body = html`<header class="summary">
      <p class="kicker">
        ${isSimulated ? 'Tessera dry run of a study with simulated participants' : 'Tessera study with people'},
        frozen ${date.slice(0, 10)}
      </p>
      <h1><bdi>${title}</bdi></h1>
      <p class="lead">${headline}</p>
      ${
        cautions.length > 0 &&
        html`<ul class="findings">
          ${cautions.map((caution) => html`<li>${caution}</li>`)}
        </ul>`
      }
    </header>
    <nav aria-label="Contents">
      ${sections.map(({ id, name }) => html`<a href="#${id}">${name}</a> `)}
      <a href="#people">Who counts</a> <a href="#design">The study as it was frozen</a>
    </nav>
    ${sections.map(({ section }) => section)} ${exclusionsSection(analysis.exclusions)}
    ${designSection(frozen, analysis)}`;
  return htmlPage({ title, description: headline, body });
}

interface Section {
  readonly id: string;
  readonly name: string;
  readonly section: Html;
}

function sectionsOf({ figures, chance }: StudyAnalysis): Section[] {
  const answers = (section: Html): Section => ({ id: 'answers', name: 'How people answer', section });
  switch (figures.kind) {
    case 'utility': {
      const tests = testsSection(figures);
      return [
        { id: 'accuracy', name: 'Accuracy', section: accuracySection(figures, chance ?? 1 / 2) },
        ...(tests === false ? [] : [{ id: 'tests', name: 'Tests', section: tests }]),
        answers(answersSection(figures.conditions, chance ?? 1 / 2)),
      ];
    }
    case 'intruder':
      return [
        { id: 'coherence', name: 'Concepts', section: coherenceSection(figures, chance ?? 1 / 5) },
        answers(plainAnswersSection(figures.calibration, figures.times, chance ?? 1 / 5)),
      ];
    case 'choice':
      return [
        { id: 'choices', name: 'Choices', section: choiceSection(figures) },
        answers(plainAnswersSection(undefined, figures.times, 0)),
      ];
  }
}
