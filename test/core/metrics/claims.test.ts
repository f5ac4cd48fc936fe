import { describe, expect, it } from 'vitest';
import {
  claimsOf,
  verdictOf,
  type Claim,
  type ClaimEvidence,
  type ClaimId,
} from '../../../core/metrics/claims.ts';
import { claimWords } from '../../../core/wording/claim-words.ts';

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

describe('claimWords()', () => {
  it('has a name and a reason for every grade of every claim, and a next step for what is not good', () => {
    const context = { images: 30, concepts: 10, isOfNumber: false };
    const cases = [{}, { isEvaluated: false }, { tiers: 1 }, { concepts: 1 }, { still: 30 }, { scores: [1] }];
    for (const changes of cases)
      for (const claim of claimsOf({ ...GOOD, ...changes })) {
        const { name, reason } = claimWords(claim, context);
        expect(name.length).toBeGreaterThan(10);
        expect(reason).not.toMatch(/NaN|undefined/);
      }
    const weak = claimOf({ rest: { mean: 0.4, low: 0.3, high: 0.5 } }, 'decision');
    expect(claimWords(weak, context)).toEqual({
      name: 'The concepts carry the decision',
      reason:
        'The 10 concepts carry 60.0\u00a0% (50.0–70.0\u00a0%) of the movement of the score: too much lies with what no concept explains.',
      next: 'Compare other layers and numbers of concepts in the setup.',
    });
  });
});
