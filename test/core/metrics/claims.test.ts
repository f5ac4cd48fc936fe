import { describe, expect, it } from 'vitest';
import {
  boundsOf,
  claimsOf,
  verdictOf,
  type Claim,
  type ClaimEvidence,
  type ClaimId,
} from '../../../core/metrics/claims.ts';
import { levelOf } from '../../../core/metrics/trust.ts';
import { claimWords } from '../../../core/wording/claim-words.ts';
import { VERDICT_RULE } from '../../../core/wording/trust-words.ts';

const GOOD: ClaimEvidence = {
  isEvaluated: true,
  answers: { known: 60, hits: 58, aboveChance: 0.96 },
  rest: { mean: 0.04, low: 0.03, high: 0.06 },
  agreement: 1,
  scores: Array.from({ length: 30 }, (_, i) => 5 + i / 10),
  still: 0,
  isProbability: false,
  isAtScores: false,
  concepts: 10,
  tiers: 4,
  order: 1,
  stability: 0.95,
  sanity: 0.1,
};
const without = (...fields: readonly (keyof ClaimEvidence)[]): ClaimEvidence =>
  Object.fromEntries(
    Object.entries(GOOD).filter(([field]) => !fields.includes(field as keyof ClaimEvidence)),
  ) as unknown as ClaimEvidence;
const claimOf = (changes: Partial<ClaimEvidence>, wanted: ClaimId): Claim =>
  claimsOf({ ...GOOD, ...changes }).find(({ id }) => id === wanted)!;
const gradeOf = (evidence: ClaimEvidence) => verdictOf(claimsOf(evidence), evidence.isEvaluated);

describe('claimsOf()', () => {
  it('finds all good where all is', () => {
    expect(claimsOf(GOOD).map(({ grade }) => grade)).toEqual(Array(6).fill('good'));
    expect(gradeOf(GOOD)).toBe('good');
  });

  it('does not say what other images would give where there are none that differ', () => {
    expect(claimOf({ scores: Array(30).fill(4) }, 'repeatable')).toMatchObject({ grade: 'unknown' });
  });

  it.each([
    ['model', { answers: { known: 50, hits: 10, aboveChance: 0 } }, 'weak', 'fails'],
    // An untrained model of five classes: 37 of 130 right.
    ['model', { answers: { known: 130, hits: 37, aboveChance: 0.106 } }, 'weak', 'fails'],
    ['model', { answers: { known: 2, hits: 1, aboveChance: 0.375 } }, 'fair', 'few-judged'],
    ['model', { answers: { known: 0, hits: 0 } }, 'unknown', 'not-known'],
    ['decision', { rest: { mean: 0.2, low: 0.1, high: 0.3 } }, 'fair', 'holds-in-part'],
    ['decision', { rest: { mean: 0.4, low: 0.3, high: 0.5 } }, 'weak', 'fails'],
    ['decision', { agreement: 0.5 }, 'weak', 'other-answers'],
    [
      'decision',
      { heldOut: { images: 24, agreement: 1, rest: { mean: 0.2, low: 0.1, high: 0.3, images: 24 } } },
      'fair',
      'holds-in-part',
    ],
    [
      'decision',
      { heldOut: { images: 24, agreement: 0.5, rest: { mean: 0.04, low: 0, high: 0.1, images: 24 } } },
      'weak',
      'other-answers',
    ],
    ['decision', { agreement: 0.9 }, 'fair', 'other-answers'],
    ['decision', { still: 30 }, 'weak', 'nothing-moves'],
    ['decision', { isAtScores: true }, 'fair', 'at-the-scores'],
    [
      'decision',
      { isProbability: true, scores: GOOD.scores.map((_, i) => 1 - i * 1e-6) },
      'fair',
      'saturated',
    ],
    ['order', { order: 0.5 }, 'weak', 'fails'],
    ['order', { order: 0.8 }, 'fair', 'holds-in-part'],
    ['order', { tiers: 1 }, 'unknown', 'all-tie'],
    ['order', { concepts: 1 }, 'unknown', 'one-concept'],
    ['repeatable', { stability: 0.5 }, 'weak', 'fails'],
    ['learned', { sanity: 0.31 }, 'fair', 'holds-in-part'],
    ['learned', { sanity: 0.8 }, 'weak', 'fails'],
    ['enough', { scores: [4] }, 'weak', 'one-image'],
    ['enough', { scores: Array(30).fill(4) }, 'weak', 'all-alike'],
    ['enough', { scores: [1, 2, 3] }, 'weak', 'few-images'],
    ['enough', { scores: [1, 2, 3, 4, 5, 6, 7, 8] }, 'fair', 'few-images'],
  ] as const)('of %s with %j: %s, %s', (id, changes, grade, cause) => {
    expect(claimOf(changes, id)).toMatchObject({ id, grade, cause });
    expect(gradeOf({ ...GOOD, ...changes })).not.toBe('good');
  });

  // Maps of sound explanations are that much like those of random weights, see models/planted/README.md.
  it('does not hold the likeness against a sound explanation that smooth maps have by chance', () => {
    expect(gradeOf({ ...GOOD, sanity: 0.27 })).toBe('good');
  });

  it('turns the rest round with its interval', () => {
    const { value, low, high } = claimOf({}, 'decision');
    expect([value, low, high]).toBeAllclose([0.96, 0.94, 0.97], { atol: 1e-12 });
  });

  it('has an interval of right answers by the rule of Wilson', () => {
    // 9 of 10 right among four classes: 0.5958 to 0.9821 of all answers.
    const { low, high } = claimOf({ answers: { known: 10, hits: 9, aboveChance: 13 / 15 } }, 'model');
    expect([low, high]).toBeAllclose([(0.5958 - 0.25) / 0.75, (0.9821 - 0.25) / 0.75], { atol: 1e-3 });
  });

  it('knows nothing of a rest that was not weighed, and never calls an unknown good', () => {
    expect(claimsOf(without('rest')).find(({ id }) => id === 'decision')).toMatchObject({
      grade: 'unknown',
      cause: 'rest-not-weighed',
    });
    for (const field of ['answers', 'rest', 'order', 'stability', 'sanity'] as const)
      expect(gradeOf(without(field))).toBe('fair');
  });
});

describe('verdictOf()', () => {
  it('of what was not evaluated is not known, or weak', () => {
    const blind = { ...without('order', 'stability', 'sanity'), isEvaluated: false };
    expect(gradeOf(blind)).toBe('unknown');
    expect(gradeOf({ ...blind, scores: [1] })).toBe('weak');
  });

  it('lets being found again lower it to fair at worst', () => {
    expect(gradeOf({ ...GOOD, stability: 0.8 })).toBe('good');
    expect(gradeOf({ ...GOOD, stability: 0.3 })).toBe('fair');
  });
});

const CONTEXT = {
  images: 30,
  concepts: 10,
  isOfNumber: false,
  apart: 30,
  bounds: [],
  isSameOfAll: false,
  fasterOrders: [],
} as const;

describe('claims about other images', () => {
  it.each([
    ['one', [4]],
    ['thirty copies of one', Array<number>(30).fill(4)],
    ['three', [1, 2, 3]],
  ])('are not known from %s, whatever the figures', (_, scores) => {
    for (const id of ['order', 'repeatable'] as const) {
      const claim = claimOf({ scores, stability: 0.97, order: 1 }, id);
      expect(claim.grade).toBe('unknown');
      expect(claim.value).toBeUndefined();
      const context = { ...CONTEXT, apart: new Set(scores).size };
      expect(claimWords(claim, context).reason).toMatch(/^(From |There are no other images)/);
    }
  });

  it('are fair at most from eight, and keep what is worse', () => {
    const scores = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(claimOf({ scores }, 'order')).toMatchObject({ grade: 'fair', cause: 'few-images', value: 1 });
    expect(claimOf({ scores, stability: 0.3 }, 'repeatable')).toMatchObject({
      grade: 'weak',
      cause: 'fails',
    });
    expect(claimWords(claimOf({ scores }, 'order'), { ...CONTEXT, apart: 8 }).reason).toMatch(
      /^The score moves by it before 100\u00a0% of random orders\. From 8 images/,
    );
  });
});

describe('a figure of a claim', () => {
  it('has no interval where all images are alike, and no share of right answers below guessing', () => {
    const scores = Array<number>(30).fill(4);
    const alike = claimOf({ scores, rest: { mean: 0.04, low: 0.04, high: 0.04 } }, 'decision');
    expect(alike).not.toHaveProperty('low');
    expect(alike).not.toHaveProperty('high');
    const one = claimOf({ answers: { known: 1, hits: 1, aboveChance: 1 } }, 'model');
    expect(one).toMatchObject({ value: 1, low: 0, high: 1 });
    expect(claimWords(one, CONTEXT).reason).toContain('100\u00a0% (0–100\u00a0%). At 0\u00a0% it guesses.');
  });

  it('is printed on its side of the bound of the grade', () => {
    for (const [id, field, texts] of [
      ['repeatable', 'stability', ['0.899', '0.8996', '0.90', '0.901']],
      ['learned', 'sanity', ['0.30', '0.301', '0.3004']],
    ] as const)
      for (const text of texts) {
        const claim = claimOf({ [field]: Number(text) }, id);
        const { reason } = claimWords(claim, { ...CONTEXT, bounds: boundsOf(id) });
        const printed = Number(/: (\d\.\d+)\.$/.exec(reason)?.[1]);
        const bounds = {
          good: boundsOf(id)[0],
          fair: boundsOf(id)[1],
          direction: field === 'sanity' ? 'lower' : 'higher',
        } as const;
        expect(levelOf(printed, bounds), reason).toBe(claim.grade);
      }
    expect(
      claimWords(claimOf({ order: 0.9746 }, 'order'), { ...CONTEXT, bounds: boundsOf('order') }).reason,
    ).toContain('97.46\u00a0%');
  });

  it('says no more of an order than was measured, and which others are faster', () => {
    const { reason } = claimWords(claimOf({}, 'order'), { ...CONTEXT, fasterOrders: ['by gradient'] });
    expect(reason).not.toContain('most.');
    expect(reason).toMatch(
      /random orders\. Taking concepts away by gradient changes the score faster still\.$/,
    );
  });
});

describe('a cause that empties all other figures', () => {
  it('is told first of a probability that hardly moves, and never lets the claim be good or better than it is', () => {
    const stuck = { isProbability: true, scores: GOOD.scores.map((_, i) => 1 - i * 1e-6) };
    expect(claimOf({ ...stuck, rest: { mean: 1.84, low: 0, high: 2 } }, 'decision')).toMatchObject({
      grade: 'weak',
      cause: 'saturated',
    });
    const { reason } = claimWords(claimOf(stuck, 'decision'), CONTEXT);
    expect(reason).toMatch(/^The score is a probability that is nearly 0 or 1/);
  });

  it('claims no order where nothing moves', () => {
    expect(claimOf({ still: 30 }, 'order')).toMatchObject({ grade: 'unknown', cause: 'nothing-moves' });
  });
});

describe('VERDICT_RULE', () => {
  it('says what verdictOf() does', () => {
    const of = (grades: Partial<Record<ClaimId, Claim['grade']>>, isEvaluated = true) =>
      verdictOf(
        claimsOf(GOOD).map((claim) => ({ ...claim, grade: grades[claim.id] ?? claim.grade })),
        isEvaluated,
      );
    const others = ['model', 'decision', 'order', 'learned', 'enough'] as const;
    expect(VERDICT_RULE).toContain(
      'One claim that is weak makes the verdict weak, except “Another sample would find the same”, which makes it fair.',
    );
    for (const id of others) expect(of({ [id]: 'weak' })).toBe('weak');
    expect(of({ repeatable: 'weak' })).toBe('fair');
    expect(VERDICT_RULE).toContain(
      'The verdict is good if every claim is good, where “Another sample would find the same” may be fair; otherwise it is fair.',
    );
    expect(of({})).toBe('good');
    expect(of({ repeatable: 'fair' })).toBe('good');
    expect(of({ repeatable: 'unknown' })).toBe('fair');
    for (const id of others)
      for (const grade of ['fair', 'unknown'] as const) expect(of({ [id]: grade })).toBe('fair');
    expect(VERDICT_RULE).toContain('Without an evaluation it is not known, unless a claim is weak.');
    expect(of({}, false)).toBe('unknown');
    expect(of({ enough: 'weak' }, false)).toBe('weak');
  });
});

describe('claimWords()', () => {
  it('has a name and a reason for every grade of every claim, and a next step for what is not good', () => {
    const cases = [{}, { isEvaluated: false }, { tiers: 1 }, { concepts: 1 }, { still: 30 }, { scores: [1] }];
    for (const changes of cases)
      for (const claim of claimsOf({ ...GOOD, ...changes })) {
        const { name, reason } = claimWords(claim, { ...CONTEXT, apart: 30 });
        expect(name.length).toBeGreaterThan(10);
        expect(reason).not.toMatch(/NaN|undefined/);
      }
    const weak = claimOf({ rest: { mean: 0.4, low: 0.3, high: 0.5 } }, 'decision');
    expect(claimWords(weak, CONTEXT)).toEqual({
      name: 'The concepts carry the decision',
      reason:
        'The 10 concepts carry 60.0\u00a0% (50.0–70.0\u00a0%) of the movement of the score in the images that they were made from: too much lies with what no concept explains.',
      next: 'Compare other layers and numbers of concepts in the setup.',
    });
  });
});
