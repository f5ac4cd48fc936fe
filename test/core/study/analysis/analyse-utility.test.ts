import { describe, expect, it } from 'vitest';
import { analyseStudy, type StudyAnalysis } from '../../../../core/study/analysis/analyse-study.ts';
import type { UtilityAnalysis } from '../../../../core/study/analysis/analyse-utility.ts';
import type { Study } from '../../../../core/study/study.ts';
import type { Trial } from '../../../../core/study/trial.ts';
import { answersFrom, dataOf, frozen, utilityMaterial } from './sample-study.ts';

function analysed(trials: readonly Trial[], sessions: number, changes: Partial<Study> = {}): StudyAnalysis {
  return analyseStudy(frozen(utilityMaterial(sessions), changes), dataOf(trials));
}

function utilityOf({ figures }: StudyAnalysis): UtilityAnalysis {
  if (figures.kind !== 'utility') throw new Error(figures.kind);
  return figures;
}

/** Four participants a condition, two sessions of four pictures. */
const TRIALS = [
  ...answersFrom(1, 'control', '1010 1100'),
  ...answersFrom(3, 'control', '1001 0011'),
  ...answersFrom(5, 'control', '0101 1110'),
  ...answersFrom(7, 'control', '1100 0110'),
  ...answersFrom(2, 'concept-maps', '1110 1111'),
  ...answersFrom(4, 'concept-maps', '1011 1101'),
  ...answersFrom(6, 'concept-maps', '0111 1111'),
  ...answersFrom(8, 'concept-maps', '1101 0111'),
];

describe('a utility study', () => {
  const analysis = analysed(TRIALS, 2);
  const found = utilityOf(analysis);
  const [control, maps] = found.conditions;

  it('counts right answers by condition and session', () => {
    expect(analysis).toMatchObject({
      answers: 64,
      chance: 0.5,
      exclusions: { participants: 8, included: 8 },
    });
    expect(control.accuracy).toMatchObject({ hits: 17, answers: 32, participants: 4, value: 17 / 32 });
    expect(control.sessions.map(({ value }) => value)).toEqual([8 / 16, 9 / 16]);
    expect(maps.sessions.map(({ value }) => value)).toEqual([12 / 16, 14 / 16]);
    for (const share of [...control.sessions, ...maps.sessions, control.accuracy, maps.accuracy]) {
      expect(share.interval!.low).toBeLessThan(share.value!);
      expect(share.interval!.high).toBeGreaterThan(share.value!);
      expect(share.interval!.high).toBeLessThanOrEqual(1);
    }
  });

  it('sets accuracy against that of the control, session by session', () => {
    expect(found.control).toBe('control');
    const [{ condition, sessions, utility }] = found.utilities;
    expect(condition).toBe('concept-maps');
    expect(sessions.map(({ value }) => value)).toEqual([12 / 8, 14 / 9]);
    expect(utility.value).toBeCloseTo((12 / 8 + 14 / 9) / 2, 12);
    expect(utility.interval!.low).toBeLessThan(utility.value!);
    expect(utility.interval!.high).toBeGreaterThan(utility.value!);
  });

  it('tests the frozen contrast by exchanging participants', () => {
    const [primary] = found.contrasts;
    expect(primary).toMatchObject({ condition: 'concept-maps', against: 'control', isPrimary: true });
    expect(primary.difference.value).toBeCloseTo(9 / 32, 12);
    // Every participant with maps beats every other: two of 70 ways.
    expect(primary.test.value).toMatchObject({ ways: 70, isExact: true });
    expect(primary.test.value!.p).toBeCloseTo(2 / 70, 12);
    expect(primary.adjusted).toBeCloseTo(2 / 70, 12);
  });

  it('gives no interval that is wider than can be', () => {
    const differenceOf = (control: readonly string[], maps: readonly string[]) => {
      const trials = [
        ...control.flatMap((text, at) => answersFrom(2 * at + 1, 'control', text)),
        ...maps.flatMap((text, at) => answersFrom(2 * at + 2, 'concept-maps', text)),
      ];
      return utilityOf(analysed(trials, 1)).contrasts[0].difference;
    };
    const wide = differenceOf(['1110', '0001'], ['1110', '0000']);
    expect(wide.value).toBe(-1 / 8);
    expect(wide.interval).toBeNull();
    expect(wide.reason).toContain('as wide as can be');
    const cut = differenceOf(['0010', '0001', '0000'], ['1111', '1101', '1111']);
    expect(cut.interval!.low).toBeGreaterThan(-1);
    expect(cut.interval!.high).toBe(1);
  });

  it('gives the papers’ analysis of variance of the same means', () => {
    const { f, between, within, p, pairs } = found.anova.value!;
    // Means 17/32 (shares 4/8, 4/8, 5/8, 4/8) and 26/32 (7/8, 6/8, 7/8, 6/8).
    const squaresWithin = 3 * (1 / 32) ** 2 + (3 / 32) ** 2 + 4 * (1 / 16) ** 2;
    expect(f).toBeCloseTo((8 * (9 / 64) ** 2) / (squaresWithin / 6), 9);
    expect([between, within]).toEqual([1, 6]);
    expect(p).toBeLessThan(0.01);
    // Of two groups Tukey's test is the F test.
    expect(pairs[0].p).toBeCloseTo(p, 6);
    expect(pairs[0]).toMatchObject({ condition: 'concept-maps', against: 'control', difference: 9 / 32 });
  });

  it('regresses on condition and session with the control as the base', () => {
    const mixed = found.mixed.value!;
    expect(mixed.formula).toBe('correct ~ condition * session + (1 | participant) + (1 | picture)');
    expect(mixed.coefficients.map(({ term }) => term)).toEqual([
      'intercept',
      'concept-maps',
      'session 2',
      'concept-maps, session 2',
    ]);
    expect(mixed.spreads.map(({ name }) => name)).toEqual(['participants', 'pictures']);
    expect(mixed).toMatchObject({ answers: 64, simplified: null });
    const [{ estimate, condition, against }] = mixed.contrasts;
    expect([condition, against]).toEqual(['concept-maps', 'control']);
    expect(estimate).toBeCloseTo(mixed.coefficients[1].estimate + mixed.coefficients[3].estimate / 2, 9);
  });

  it('is the same for the same answers, and JSON as it is', () => {
    expect(analysed([...TRIALS], 2)).toEqual(analysis);
    expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
  });
});

describe('what is not known of a utility study', () => {
  it('has no interval and no test of one participant a condition, and says why', () => {
    const found = utilityOf(
      analysed([...answersFrom(1, 'control', '1010'), ...answersFrom(2, 'concept-maps', '1110')], 1),
    );
    expect(found.conditions[0].accuracy).toMatchObject({
      value: 0.5,
      interval: null,
      reason: 'one participant says nothing of others',
    });
    expect(found.contrasts[0].test).toEqual({
      value: null,
      reason: 'with 1 and 1 participants no outcome could have a p-value below 1.00',
    });
    expect(found.contrasts[0].adjusted).toBeNull();
    expect(found.utilities[0].utility).toMatchObject({ value: 1.5, interval: null });
    expect(found.anova.reason).toMatch(/^it needs two conditions/);
    expect(found.mixed.reason).toBe('fewer than 3 participants count in “control” and “concept-maps”');
  });

  it('is everything where nobody counts', () => {
    const found = utilityOf(analysed([], 2));
    for (const { accuracy, sessions, detection, calibration, times, room } of found.conditions) {
      expect(accuracy).toMatchObject({
        value: null,
        reason: 'nobody whose answers count was asked',
        hits: 0,
      });
      expect(sessions).toHaveLength(2);
      expect(detection.value).toBeNull();
      expect(calibration).toMatchObject({ brier: { value: null }, levels: [] });
      expect(times).toEqual({ median: null, least: null, most: null });
      expect(room).toBe('unknown');
    }
    expect(found.utilities[0].utility.value).toBeNull();
    expect(found.contrasts[0].test.reason).toBe('one of the two conditions has no participant who counts');
  });

  it('fits the simpler model where everybody is right in one session of a condition, and says so', () => {
    const trials = [
      ...[1, 3, 5].flatMap((at) =>
        answersFrom(at, 'control', ['1010 1100', '0110 1011', '1001 0101'][(at - 1) / 2]),
      ),
      ...[2, 4, 6].flatMap((at) =>
        answersFrom(at, 'concept-maps', ['1110 1111', '1010 1111', '0111 1111'][at / 2 - 1]),
      ),
    ];
    const mixed = utilityOf(analysed(trials, 2)).mixed.value!;
    expect(mixed.formula).toBe('correct ~ condition + session + (1 | participant) + (1 | picture)');
    expect(mixed.simplified).toBe(
      'answers are all right, or all wrong, where “concept-maps, session 2” sets them apart, so that the estimate would be infinite',
    );
    const all = [1, 3, 5, 2, 4, 6].flatMap((at) =>
      answersFrom(at, at % 2 ? 'control' : 'concept-maps', '11'),
    );
    const found = utilityOf(analysed(all, 1));
    expect(found.mixed.reason).toMatch(
      /^answers are all right, or all wrong, where all answers sets? them apart/,
    );
    expect(found.conditions.map(({ room }) => room)).toEqual(['ceiling', 'ceiling']);
    // Six of six right do not make the interval a point.
    expect(found.conditions[0].accuracy.interval!.low).toBeLessThan(0.65);
  });

  it('says floor of guessing, and nothing of what lies between', () => {
    const guess = [1, 3].flatMap((at) => answersFrom(at, 'control', '1010'));
    const fair = [2, 4].flatMap((at) => answersFrom(at, 'concept-maps', '1110'));
    expect(utilityOf(analysed([...guess, ...fair], 1)).conditions.map(({ room }) => room)).toEqual([
      'floor',
      'between',
    ]);
  });
});

describe('several conditions', () => {
  const conditions = ['control', 'grad-cam', 'concept-maps'];
  const texts = ['1010', '1100', '0110', '1011'];
  const trials = conditions.flatMap((condition, c) =>
    texts.map((text, k) => answersFrom(1 + 3 * k + c, condition, c === 2 ? text.replace('0', '1') : text)),
  );

  it('corrects all but the primary contrast after Holm', () => {
    const found = utilityOf(
      analysed(trials.flat(), 1, {
        conditions,
        contrast: { condition: 'concept-maps', against: 'grad-cam' },
      }),
    );
    expect(
      found.contrasts.map(({ condition, against, isPrimary }) => [condition, against, isPrimary]),
    ).toEqual([
      ['concept-maps', 'grad-cam', true],
      ['grad-cam', 'control', false],
      ['concept-maps', 'control', false],
    ]);
    const [primary, same, other] = found.contrasts;
    expect(primary.adjusted).toBe(primary.test.value!.p);
    expect(same.test.value!.p).toBe(1);
    expect(other.adjusted).toBeCloseTo(2 * other.test.value!.p, 12);
    // Utility is against the control, whatever the contrast.
    expect(found.utilities.map(({ condition }) => condition)).toEqual(['grad-cam', 'concept-maps']);
  });
});

describe('confidence and times', () => {
  it('reads confidence 1 as chance and 5 as certain, and tells the medians of participants', () => {
    const trials = [
      ...answersFrom(1, 'control', '11').map((one) => ({
        ...one,
        confidence: 5 as const,
        milliseconds: 2000,
      })),
      ...answersFrom(3, 'control', '10').map((one) => ({
        ...one,
        confidence: 1 as const,
        milliseconds: 4000,
      })),
    ];
    const [{ calibration, times, detection }] = utilityOf(analysed(trials, 1)).conditions;
    expect(calibration.brier.value).toBeCloseTo((0 + 0.25) / 2, 12);
    expect(calibration.levels.map(({ stated, answers, right }) => [stated, answers, right.value])).toEqual([
      [0.5, 2, 0.5],
      [1, 2, 1],
    ]);
    expect(times).toEqual({ median: 3000, least: 2000, most: 4000 });
    // One hit of one, no false alarm of one: twice the quantile at 0.75; then one hit missed.
    expect(detection.value).toBeCloseTo(0.6744897501960817, 9);
  });
});
