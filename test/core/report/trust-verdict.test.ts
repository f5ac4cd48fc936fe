import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../../core/concepts/explanation.ts';
import { gradeOf, trustVerdict } from '../../../core/report/trust-verdict.ts';
import { sampleExplanation } from './sample-report.ts';

const judged = (changes: Partial<Explanation>) => trustVerdict({ ...sampleExplanation(), ...changes });
const reconstruction = (r2: number, agreement: number) => ({
  reconstruction: { r2, relativeError: 0.3, agreement },
});

describe('trustVerdict()', () => {
  it.each([
    [0.8, 0.95, 'good'],
    [0.79, 0.99, 'fair'],
    [0.95, 0.8, 'fair'],
    [0.49, 1, 'weak'],
    [0.99, 0.79, 'weak'],
    [-0.2, 1, 'weak'],
    [NaN, 1, 'weak'],
  ])('calls R² %d with agreement %d %s', (r2, agreement, grade) => {
    expect(judged(reconstruction(r2, agreement)).grade).toBe(grade);
  });

  it('has no caution about the sample', () => {
    expect(judged({}).cautions).toEqual([]);
  });

  it('cautions about few images, an unfinished factorisation, ties everywhere and many unreadable files', () => {
    const { images, concepts, factorization, skipped } = sampleExplanation();
    const { cautions } = judged({
      images: images.slice(0, 4),
      concepts: concepts.map((concept) => ({ ...concept, tier: 0 })),
      factorization: { ...factorization, status: 'max-iter-reached' },
      skipped,
    });
    expect(cautions).toEqual([
      'Only 4 images were explained; other images may tell another story.',
      'The factorisation stopped early (max-iter-reached); more iterations may change the concepts.',
      'No concept can be told apart from another by importance; the order shown is not evidence.',
      '33\u202f% of the files could not be read.',
    ]);
  });
});

describe('gradeOf()', () => {
  it('counts downwards for an error', () => {
    const scale = { good: 0.3, fair: 0.5, direction: 'lower' } as const;
    expect([0.3, 0.5, 0.51].map((value) => gradeOf(value, scale))).toEqual(['good', 'fair', 'weak']);
  });
});
