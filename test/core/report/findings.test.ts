import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../core/metrics/evaluation.ts';
import { isSameChoice } from '../../../core/metrics/frontier.ts';
import { findingsOf } from '../../../core/report/findings.ts';
import { trustVerdict } from '../../../core/report/trust-verdict.ts';
import { sampleEvaluation, sampleExplanation } from './sample-report.ts';

const explanation = sampleExplanation();
const share = fc.double({ min: 0, max: 1, noNaN: true });
const estimate = share.map((mean) => ({ mean, low: mean / 2, high: Math.min(1, mean * 1.3) }));

/** Runs of every kind, with an evaluation or without, with layers compared or not. */
const runs = fc.record({
  changes: fc.record({
    rest: estimate.map((rest) => ({ ...rest, images: 40 })),
    reconstruction: fc.record({ r2: share, relativeError: share, agreement: share }),
    images: fc.integer({ min: 1, max: explanation.images.length }).map((n) => explanation.images.slice(0, n)),
  }),
  evaluation: fc.option(
    fc.record({
      heldOut: fc.option(
        fc.record({
          images: fc.integer({ min: 1, max: 30 }),
          agreement: share,
          rest: estimate.map((rest) => ({ ...rest, images: 9 })),
        }),
      ),
      stability: share,
      sanity: share,
      order: share,
      frontier: fc.option(
        fc.array(
          fc.record({
            layer: fc.constantFrom(explanation.layer.tensor, 'early', 'earlier'),
            r: fc.constantFrom(5, explanation.concepts.length, 15),
            bank: fc.constantFrom('usual' as const, 'sparse' as const),
            rest: estimate,
            active: fc.double({ min: 1, max: 9, noNaN: true }),
            stability: share,
          }),
          { minLength: 1, maxLength: 6 },
        ),
      ),
    }),
  ),
});

type Run = typeof runs extends fc.Arbitrary<infer T> ? T : never;

function evaluationOf(given: NonNullable<Run['evaluation']>): Evaluation {
  const { heldOut, stability, sanity, order, frontier } = given;
  const base = sampleEvaluation();
  const ordered = (curves: Evaluation['deletion']) => ({
    ...curves,
    orders: { ...curves.orders, sobol: { ...curves.orders.sobol, movesBefore: order } },
  });
  return {
    ...base,
    deletion: ordered(base.deletion),
    insertion: ordered(base.insertion),
    stability: { ...base.stability, mean: stability },
    sanity: { ...base.sanity, similarity: sanity },
    ...(heldOut && { heldOut }),
    ...(frontier && { frontier: { points: frontier, suggested: frontier[0] } }),
  };
}

describe('findingsOf()', () => {
  it('tells the leader, what decides without it, and how often the model is right', () => {
    const { sentences } = findingsOf(explanation, trustVerdict(explanation, sampleEvaluation()));
    expect(sentences.length).toBeGreaterThan(0);
    expect(sentences.length).toBeLessThanOrEqual(3);
    expect(sentences[0]).toContain(explanation.concepts[0].name);
  });

  it('says that no decision changes where none does, and names the concept where most do', () => {
    const [first, second] = explanation.concepts;
    const to = { index: 1, name: 'barn' };
    const with0 = { ...explanation, removals: [{ concept: first.id, flips: [] }] };
    const verdict = trustVerdict(explanation);
    expect(findingsOf(with0, verdict).sentences.join(' ')).toContain(
      'Without any one of the concepts none of',
    );
    const with2 = {
      ...explanation,
      removals: [
        { concept: first.id, flips: [{ image: 0, to }] },
        { concept: second.id, flips: [0, 1].map((image) => ({ image, to })) },
      ],
    };
    expect(findingsOf(with2, verdict).sentences.join(' ')).toContain(`Without “${second.name}” 2 of`);
  });

  it('has a shortcut settled first, unless the explanation does not hold', () => {
    const shortcut = {
      concept: explanation.concepts[0].id,
      carried: 0.8,
      cue: 'top-left',
      isPainted: false,
      kinds: [],
      evidence: [],
      flips: 0.6,
    } as const;
    const leaning = { ...explanation, shortcuts: { images: 40, others: 40, found: [shortcut] } };
    const verdict = trustVerdict(leaning, sampleEvaluation());
    expect(verdict.grade).not.toBe('weak');
    expect(findingsOf(leaning, verdict).action).toContain('it leans on the top left corner');
    const guessing = { ...sampleEvaluation(), hitRate: { known: 40, hits: 8, aboveChance: 0 } };
    const weak = trustVerdict(leaning, guessing);
    expect(findingsOf(leaning, weak).action).toContain('Check the preprocessing');
  });

  it('never contradicts the verdict, and the verdict never its claims or the comparison of layers', () => {
    fc.assert(
      fc.property(runs, ({ changes, evaluation: given }) => {
        const own = { ...explanation, ...changes };
        const evaluation = given === null ? undefined : evaluationOf(given);
        const verdict = trustVerdict(own, evaluation);
        const grades = verdict.claims.map(({ grade }) => grade);
        if (verdict.grade === 'good') {
          expect(evaluation).toBeDefined();
          expect(grades).not.toContain('weak');
          expect(grades).not.toContain('unknown');
        }
        if (evaluation === undefined) expect(['unknown', 'weak']).toContain(verdict.grade);
        const decision = verdict.claims.find(({ id }) => id === 'decision')!;
        const { suggested, points } = evaluation?.frontier ?? {};
        expect(decision.next.includes('explain there')).toBe(decision.setup !== undefined);
        if (decision.grade === 'good') expect(decision.setup).toBeUndefined();
        if (decision.setup !== undefined) {
          expect(decision.setup).toEqual({
            layer: suggested!.layer,
            concepts: suggested!.r,
            bank: suggested!.bank,
          });
          const there = points!.find((one) => isSameChoice(one, suggested))!;
          expect(there.rest.mean).toBeLessThan(1 - decision.value!);
        }
        const { action } = findingsOf(own, verdict);
        const steps = verdict.claims.filter(({ grade, next }) => grade !== 'good' && next !== '');
        if (steps.length > 0) expect(steps.map(({ next }) => next)).toContain(action);
        if (verdict.grade === 'good' && grades.every((grade) => grade === 'good'))
          expect(action).toContain('ask whether the model ought to');
      }),
      { numRuns: 400 },
    );
  });

  it('says of one image, and of what images become, what is so', () => {
    const { images } = explanation;
    const flipsOf = (count: number) =>
      images.slice(0, count).map((_, image) => ({ image, to: { index: 3, name: 'kite' } }));
    const found = (changes: Partial<typeof explanation>) =>
      findingsOf({ ...explanation, ...changes }, { grade: 'fair', claims: [], shortcuts: [] }).sentences.join(
        ' ',
      );
    const removed = [{ concept: 'c0', flips: flipsOf(images.length) }];
    const from = images[0].predicted.name;
    expect(found({ removals: removed })).toContain(`“kite” rather than “${from}”`);
    const one = { images: images.slice(0, 1), answers: { known: 1, hits: 1, aboveChance: 1 } };
    expect(found({ ...one, removals: [{ concept: 'c0', flips: [] }] })).toMatch(
      /the image is decided as it is with them\. The model is right about the one image/,
    );
    const still = { ...explanation.importance, still: images.length };
    expect(found({ importance: still, removals: removed })).not.toMatch(/Without|is found in/);
  });
});
