import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../core/metrics/evaluation.ts';
import { asShown, sampledInterval } from '../../../core/report/as-shown.ts';
import { trustVerdict } from '../../../core/report/trust-verdict.ts';
import { sampleEvaluation, sampleExplanation } from './sample-report.ts';

const explanation = sampleExplanation();
/** An evaluation in which each importance moves by so much more with the concepts. */
function moving(by: number): Evaluation {
  const concepts = explanation.concepts.map(({ importance: { low, high } }) => ({
    spread: 0.1,
    cosine: 0.99,
    importance: { low: low - by, high: high + by },
    images: [],
  }));
  const influence = {
    status: 'solved' as const,
    source: 'jackknife' as const,
    nearDegenerate: 0,
    computedOn: 'float64' as const,
    rows: 100,
    concepts,
  };
  return { ...sampleEvaluation(), influence };
}
const tiersOf = (found: typeof explanation) => found.concepts.map(({ tier }) => tier);

describe('asShown()', () => {
  it('shows the interval that has the movement of the concepts in it, never a narrower one', () => {
    const [first] = asShown(explanation, moving(0.02)).concepts;
    const { mean, low, high } = explanation.concepts[0].importance;
    expect(Object.values(first.importance)).toBeAllclose([mean, low - 0.02, high + 0.02], { atol: 1e-12 });
    expect(asShown(explanation, moving(-0.02)).concepts[0].importance).toEqual(
      explanation.concepts[0].importance,
    );
  });

  it('joins tiers whose wider intervals overlap, and leaves the tiers of a run without them', () => {
    expect(tiersOf(asShown(explanation, undefined))).toEqual(tiersOf(explanation));
    const before = new Set(tiersOf(explanation)).size;
    const joined = asShown(explanation, moving(0.05));
    expect(new Set(tiersOf(joined)).size).toBeLessThan(before);
    expect(asShown(joined, moving(0.05))).toEqual(joined);
    expect(asShown(explanation, moving(1)).concepts.every(({ tier }) => tier === 0)).toBe(true);
    expect(trustVerdict(explanation, moving(1)).claims.find(({ id }) => id === 'order')?.cause).toBe(
      'all-tie',
    );
  });

  it('tells nothing apart and has no interval over copies of one image', () => {
    const concepts = explanation.concepts.map((concept) => {
      const { mean } = concept.importance;
      return { ...concept, importance: { mean, low: mean, high: mean } };
    });
    const alike = { ...explanation, concepts };
    expect(asShown(alike, moving(0.05)).concepts.map(({ tier }) => tier)).toEqual(concepts.map(() => 0));
    expect(sampledInterval(concepts[0], moving(0.05))).toBeUndefined();
  });
});
