import { describe, expect, it } from 'vitest';
import { renderStudyPage, type StudyPage } from '../../../../core/report/study/study-page.ts';
import { studyVerdict } from '../../../../core/report/study/study-verdict.ts';
import { analyseStudy } from '../../../../core/study/analysis/analyse-study.ts';
import { answersFrom, dataOf, frozen, utilityMaterial } from '../../study/analysis/sample-study.ts';
import { choicePage, intruderPage, utilityPage } from './sample-pages.ts';

const markupOf = (page: StudyPage): string => renderStudyPage(page).replace(/<style>[\s\S]*?<\/style>/, '');

function textOf(page: StudyPage): string {
  return markupOf(page)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll(' ', ' ');
}

const verdictOf = ({ frozen: { study }, analysis }: StudyPage): ReturnType<typeof studyVerdict> =>
  studyVerdict(study, analysis);

describe('the report of a utility study', () => {
  const page = utilityPage(0.25);
  const text = textOf(page);

  it('opens with what was found, in words that follow from the figures', () => {
    const { headline, cautions } = verdictOf(page);
    expect(headline).toMatch(
      /^People predict the model better after learning with concepts with maps than with Grad-CAM: [\d.]+\s% against [\d.]+\s% right, a difference of [\d.]+ to [\d.]+ points \(permutation test, p (=|<) [\d.]+\)\.$/,
    );
    expect(text).toContain(headline.replace(/\s/g, ' '));
    expect(cautions).toEqual([]);
  });

  it('has curves, utilities, tests, calibration, times, exclusions and the frozen design', () => {
    for (const heading of [
      'How well people predict the model',
      'Utility against no explanation',
      'Who counts',
    ])
      expect(text).toContain(heading);
    expect(text).toContain('correct ~ condition * session + (1 | participant) + (1 | picture)');
    expect(text).toContain('intercept (Grad-CAM, first session)');
    expect(text).toContain('concepts with maps in session 2');
    expect(text).toMatch(/concepts with maps against Grad-CAM \(the study’s question\) \+[\d.]+/);
    expect(text).toMatch(/F\( 2 , 33 \)|F\(2, 33\)/);
    expect(text).toContain('38 participants, of whom 36 count.');
    expect(text).toContain('answered faster than a picture can be looked at 1 90');
    expect(text).toContain('did not pass the quiz after the practice 1 91');
    expect(text).toContain(page.frozen.sha256);
    expect(text).toContain('who does not pass the quiz in 2 tries');
    expect(text).toContain('You may stop at any time.');
  });

  it('draws every condition with its figures for those who cannot see', () => {
    const markup = markupOf(page);
    expect(markup).toMatch(
      /aria-label="Share of right answers by session: no explanation [^"]*; Grad-CAM [^"]*; concepts with maps/,
    );
    expect(markup.match(/class="whisker"/g)!.length).toBeGreaterThan(6);
    expect(markup).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('calls conditions by their names where there is no regression, too', () => {
    const study = frozen(utilityMaterial(1));
    const analysis = analyseStudy(study, dataOf(answersFrom(1, 'control', '10')));
    expect(textOf({ frozen: study, analysis })).toContain(
      'fewer than 3 participants count in “no explanation” and “concepts with maps”',
    );
  });

  it('escapes what comes from outside', () => {
    expect(markupOf(page)).toContain('Does it help to see &lt;concepts&gt;?');
  });

  it('does not take no difference seen for no difference', () => {
    const { headline } = verdictOf(utilityPage(0.02));
    expect(headline).not.toContain('as well');
    expect(headline).toMatch(/^No difference is seen between concepts with maps and Grad-CAM/);
    expect(headline).toMatch(/That is not to say that there is none\.$/);
  });
});

describe('what a verdict must not hide', () => {
  const two = (control: string, maps: string): StudyPage => {
    const study = frozen(utilityMaterial(1));
    const trials = [1, 3, 5, 7].flatMap((at) => answersFrom(at, 'control', control));
    const more = [2, 4, 6, 8].flatMap((at) => answersFrom(at, 'concept-maps', maps));
    return { frozen: study, analysis: analyseStudy(study, dataOf([...trials, ...more])) };
  };

  it('floor and ceiling', () => {
    const { cautions } = verdictOf(two('1010', '1111'));
    expect(cautions.slice(1)).toEqual([
      'Floor: with no explanation people are hardly better than guessing, so that the task may have been too hard to see any help.',
      'Ceiling: with concepts with maps people are right nearly always, so that the task may have been too easy to see any help.',
    ]);
  });

  it('a difference that hangs on few pictures', () => {
    // Everybody answers alike: one picture of four is got right with maps alone, and that is all.
    const { headline, cautions } = verdictOf(two('1100', '1110'));
    expect(headline).toMatch(/^On these pictures people predict the model better/);
    expect(cautions[0]).toMatch(
      /^The difference is more than chance among people, but hangs on few pictures/,
    );
    const { headline: sure, cautions: none } = verdictOf(utilityPage(0.25));
    expect(sure).toMatch(/^People predict/);
    expect(none).toEqual([]);
  });

  it('nobody, and nobody who counts', () => {
    const study = frozen(utilityMaterial(1));
    const of = (data: ReturnType<typeof dataOf>): StudyPage => ({
      frozen: study,
      analysis: analyseStudy(study, data),
    });
    const empty = of(dataOf([]));
    expect(verdictOf(empty).headline).toBe('Nobody has taken part yet.');
    expect(markupOf(empty)).not.toMatch(/NaN|undefined|Infinity|null/);
    const failed = of(dataOf(answersFrom(1, 'control', '1'), { 1: { isQuizPassed: false } }));
    expect(verdictOf(failed)).toEqual({
      headline: 'Nothing can be said: of 1 participant none counts.',
      cautions: ['Left out by the rules: 1 of 1 participant (100 %).'],
    });
  });

  it('who is still under way is not left out by a rule, nor is who withdrew', () => {
    const study = frozen(utilityMaterial(1));
    const trials = [1, 2, 3, 4].flatMap((at) => answersFrom(at, 'control', '1110'));
    const data = dataOf(trials, {
      1: { isQuizPassed: false },
      2: { status: 'started' },
      3: { status: 'withdrawn' },
    });
    const { cautions } = studyVerdict(study.study, analyseStudy(study, data));
    expect(cautions).toEqual([
      expect.stringContaining('1 of 8 planned participants count') as string,
      'Left out by the rules: 1 of 4 participants (25 %).',
      'Withdrew: 1 of 4 participants (25 %).',
      'Not at the end, and not counted: 1 of 4 participants (25 %).',
    ]);
  });

  it('that shares are not known, once', () => {
    const study = frozen(utilityMaterial(1));
    const analysis = analyseStudy(study, dataOf(answersFrom(1, 'control', '10')));
    const { headline } = studyVerdict(study.study, analysis);
    expect(headline).toMatch(/more than no explanation: /);
    expect(headline).not.toContain('not known right');
  });

  it('that a difference has no interval, which may mean that it is of these pictures', () => {
    const { frozen: study, analysis } = two('0000', '1111');
    expect(analysis.figures).toMatchObject({ contrasts: [{ difference: { value: 1, interval: null } }] });
    const { headline, cautions } = studyVerdict(study.study, analysis);
    expect(headline).toMatch(/^On these pictures people predict the model better/);
    expect(cautions[0]).toMatch(
      /^The difference is more than chance among people; .* has no interval: too few/,
    );
  });

  it('that answers are not of people', () => {
    const page = { ...utilityPage(0.25), isSimulated: true };
    const { headline } = studyVerdict(page.frozen.study, page.analysis, page);
    expect(headline).toMatch(/^Simulated participants predict the model better/);
    const text = textOf(page);
    expect(text).toContain(headline.replace(/\s/g, ' '));
    expect(text).toContain('Tessera dry run of a study with simulated participants, frozen');
    expect(text).not.toContain('Tessera study with people');
    for (const other of [intruderPage(4), choicePage(9)]) {
      const said = studyVerdict(other.frozen.study, other.analysis, page);
      expect(said.headline).toMatch(/simulated participants/i);
      expect(said.headline).not.toMatch(/people/i);
    }
  });

  it('too few for a test', () => {
    const study = frozen(utilityMaterial(1));
    const trials = [...answersFrom(1, 'control', '10'), ...answersFrom(2, 'concept-maps', '11')];
    const { headline, cautions } = studyVerdict(study.study, analyseStudy(study, dataOf(trials)));
    expect(headline).toContain(
      'It is not known whether concepts with maps help people to predict the model more than',
    );
    expect(headline).toContain('with 1 and 1 participants no outcome could have a p-value below 1.00');
    expect(cautions).toContain('2 of 8 planned participants count; the fewer there are, the less is seen.');
  });

  it('that a study is void', () => {
    const page = intruderPage(2, ['1 picture of the study is gone (pictures/a.png)']);
    expect(verdictOf(page).cautions[0]).toBe(
      'The study is void: 1 picture of the study is gone (pictures/a.png). It was not answered as it was frozen.',
    );
    expect(textOf(page)).toContain('void because 1 picture of the study is gone');
  });
});

describe('the reports of intruders and choices', () => {
  it('say which concepts hold together, and for how many people', () => {
    const { headline } = verdictOf(intruderPage(4));
    expect(headline.replace(/\s/g, ' ')).toBe(
      'People tell the intruder more often than by guessing in 1 of 2 concepts (60 % of all sets, 20 % by guessing). Not shown to hold together: Sky & sea.'.replace(
        '60 %',
        '60.0 %',
      ),
    );
    expect(verdictOf(intruderPage(1)).headline).toMatch(/^One participant tells the intruder/);
    const text = textOf(intruderPage(1));
    expect(text).toContain('intervals are over sets of crops, and say nothing of other people');
    expect(textOf(intruderPage(4))).toContain('Intervals are over other people and other sets of crops');
    expect(text).toContain('Sky &amp; sea 2 of 10');
    expect(text).not.toContain('conditions all');
    expect(text).not.toContain('quiz');
  });

  it('say whether parts are clearer', () => {
    expect(verdictOf(choicePage(9)).headline).toMatch(
      /^Parts are clearer to people than the concepts they belong to/,
    );
    expect(verdictOf(choicePage(0)).headline).toMatch(/^Concepts are clearer to people than their parts/);
    expect(verdictOf(choicePage(5)).headline).toMatch(/^Neither parts nor concepts are seen to be clearer/);
    expect(textOf(choicePage(9))).toContain('stripes about tower 9 of 9');
  });
});
