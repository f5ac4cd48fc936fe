import { describe, expect, it } from 'vitest';
import type { OwnConcept } from '../../../core/concepts/own/own-concept.ts';
import { ownInWords } from '../../../core/report/own-in-words.ts';
import { renderReport } from '../../../core/report/render-html.ts';
import { reportDataOf } from '../../../core/report/report-data.ts';
import { ownSentences } from '../../../core/wording/own-concept-words.ts';
import { sampleOwn } from '../concepts/own/sample-own.ts';
import { noNotes, sampleExplanation, sampleProject, sampleRun } from './sample-report.ts';

const explanation = sampleExplanation({ images: 4 });
const first = explanation.concepts[0];
const overlap = {
  nearest: { concept: first.id, cosine: 0.9 },
  spanned: 0.95,
  found: [{ concept: first.id, importance: { mean: 0.01, low: 0, high: 0.02 } }],
};

const ofRun = { ...explanation, runId: 'run1' };

describe('ownSentences()', () => {
  it('says what a concept was made of, how it does beside chance and found concepts', () => {
    const own = ownInWords(sampleOwn({ overlap }).concept, ofRun, {
      ...noNotes,
      names: { [first.id]: 'the stamp' },
    });
    const [made, told, random, common, tcav, without] = ownSentences(own).map((text) =>
      text.replaceAll('\u00a0', ' '),
    );
    expect(made).toBe('1 picture of a folder, told from 40 images that the run was given.');
    expect(told).toBe('Told apart in 93.0 % of cases (85.0–96.0 %) in pictures held out; chance is 50 %.');
    expect(random).toBe(
      'More than random sets: 99 random sets of as many pictures reach 50.0 % (median), p 0.01.',
    );
    expect(common).toMatch(
      /^Nearest of the found concepts: the stamp, cosine 0.90; .* falls from .* to 1.0 %\.$/,
    );
    expect(tcav).toContain('random sets have 50.0 % (median), p 0.02.');
    expect(without).toBe('Without it 1 of 4 images is decided otherwise.');
  });

  it('names the run that an own concept was made in, where that is another of the bank', () => {
    const concept: { folder?: string } & OwnConcept = {
      ...sampleOwn({ others: { count: 40, from: 'explained' } }).concept,
    };
    delete concept.folder;
    const said = (madeIn: string) => ownSentences(ownInWords({ ...concept, madeIn }, ofRun, noNotes))[0];
    expect(said('run2')).toBe('1 picture of run2, told from 40 other images of run2.');
    expect(said('run1')).toBe('1 picture of the run, told from 40 other images of the run.');
  });

  it('says that chance makes as much, and where a TCAV score says nothing', () => {
    const facts = Object.entries(sampleOwn().concept).filter(([name]) => name !== 'tcav');
    const rest = Object.fromEntries(facts) as unknown as OwnConcept;
    const own = ownInWords(
      { ...rest, accuracy: { ...rest.accuracy, p: 0.06 }, flips: [], overlap: { spanned: 0, found: [] } },
      ofRun,
      noNotes,
    );
    expect(own.isDistinct).toBe(false);
    const text = ownSentences(own).join(' ');
    expect(text).toContain('This is not distinguishable from random sets');
    expect(text).toContain('No TCAV score');
    expect(text).toContain('No found concept has a direction');
    expect(text).toContain('Without it none of 4 images is decided otherwise.');
    const linear = ownInWords({ ...sampleOwn().concept, isLinear: true }, ofRun, noNotes);
    expect(ownSentences(linear).join(' ')).toContain('every direction has 0 or 100');
  });
});

describe('the report', () => {
  const render = (own: readonly ReturnType<typeof ownInWords>[]) =>
    renderReport(reportDataOf(sampleProject, sampleRun(explanation), noNotes, {}, {}, { ownConcepts: own }));

  it('shows own concepts in a section of their own, and none where there are none', () => {
    const own = ownInWords(sampleOwn({ overlap, name: '<stripes>' }).concept, ofRun, noNotes);
    const page = render([own, { ...own, id: 'own-2', isDistinct: false }]);
    expect(page).toContain('id="own"');
    expect(page).toContain('&lt;stripes&gt;');
    expect(page.match(/This concept is not distinguishable/g)).toHaveLength(1);
    expect(render([])).not.toContain('id="own"');
  });
});
