import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../../core/concepts/explanation.ts';
import { percentText } from '../../../core/wording/number-text.ts';
import { trustVerdict } from '../../../core/report/trust-verdict.ts';
import { sampleEvaluation, sampleExplanation } from './sample-report.ts';

const judged = (changes: Partial<Explanation>) => trustVerdict({ ...sampleExplanation(), ...changes });
const UNEVALUATED =
  'The explanation was not evaluated: whether its order and its concepts hold is not known.';
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

  it('has no caution about the sample but that it was not evaluated', () => {
    expect(judged({}).cautions).toEqual([UNEVALUATED]);
    expect(trustVerdict(sampleExplanation(), sampleEvaluation()).cautions).toEqual([]);
  });

  it('cautions about a preprocessing that is a guess, and about any where few answers are right', () => {
    const card = { source: 'card', reason: 'from the card net.json' };
    const guess = { source: 'default', reason: 'nothing tells it' };
    expect(judged({ preprocessing: card }).cautions).toEqual([UNEVALUATED]);
    expect(judged({ preprocessing: guess }).cautions).toEqual([
      UNEVALUATED,
      'The preprocessing is a guess: nothing tells it.',
    ]);
    const few = { known: 10, hits: 4, aboveChance: 0.2 };
    expect(judged({ preprocessing: card, answers: few }).cautions).toEqual([
      UNEVALUATED,
      'So few right answers often mean the wrong preprocessing or labels in another order. The preprocessing is from the card net.json.',
    ]);
  });

  it('gives the sentence of every figure that made the grade', () => {
    expect(judged(reconstruction(0.3, 0.9)).reasons).toEqual([
      'The concepts miss most of what the layer tells apart. (Variation kept: 0.30)',
    ]);
    const good = sampleEvaluation();
    const shaken = { ...good, stability: { ...good.stability, mean: 0.6 } };
    expect(trustVerdict(sampleExplanation(), good).grade).toBe('good');
    expect(trustVerdict(sampleExplanation(), shaken)).toMatchObject({
      grade: 'fair',
      reasons: ['Other images would have given other concepts. (Found again: 0.60)'],
    });
    const blind = { ...good, sanity: { ...good.sanity, similarity: 0.8 } };
    expect(trustVerdict(sampleExplanation(), blind).grade).toBe('weak');
  });

  it('counts unreadable files among all that were given, not among the explained', () => {
    const skipped = Array.from({ length: 5 }, (_, i) => ({ file: `/${i}.png`, reason: 'damaged' }));
    const images = sampleExplanation().images.slice(0, 1);
    const read = (given: number | undefined) =>
      judged({ images, skipped, ...(given !== undefined && { given }) }).cautions.filter((text) =>
        text.includes('could not be read'),
      );
    expect(read(125)).toEqual([]);
    expect(read(20)).toEqual([`${percentText(0.2)} of the files could not be read.`]);
    expect(read(undefined)).toEqual(['5 files could not be read.']);
  });

  it('says of what was never looked at that it was not evaluated, and tells what the run knows', () => {
    const answers = { known: 12, hits: 10, accuracy: 10 / 12, aboveChance: 0.75 };
    const light = (changes: Partial<Explanation>, wanted: string) =>
      judged(changes).lights.find(({ figure }) => figure === wanted);
    expect(light({ answers }, 'hitRate')).toMatchObject({ level: 'good', value: 0.75 });
    expect(light({}, 'hitRate')).toMatchObject({ level: 'unknown', says: 'Not evaluated.' });
    const nobodyKnows = { known: 0, hits: 0 };
    expect(light({ answers: nobodyKnows }, 'hitRate')?.says).toBe(
      'The folders of the images do not name a class.',
    );
    expect(light({ answers }, 'muFidelity')).toMatchObject({ level: 'unknown', says: 'Not evaluated.' });
  });

  it('has words for every figure, known or not', () => {
    for (const { text, says, bands, meaning } of trustVerdict(sampleExplanation()).lights)
      for (const words of [text, says, bands, meaning]) expect(words.length).toBeGreaterThan(3);
  });

  it('cautions about few images, an unfinished factorisation, ties everywhere and many unreadable files', () => {
    const { images, concepts, factorization, skipped } = sampleExplanation();
    const { cautions } = judged({
      images: images.slice(0, 4),
      concepts: concepts.map((concept) => ({ ...concept, tier: 0 })),
      factorization: { ...factorization, status: 'max-iter-reached' },
      skipped,
      given: 4,
    });
    expect(cautions).toEqual([
      UNEVALUATED,
      'Only 4 images were explained; other images may tell another story.',
      'The factorisation stopped early (max-iter-reached); more iterations may change the concepts.',
      'No concept can be told apart from another by importance; the order shown is not evidence.',
      '33.3\u00a0% of the files could not be read.',
    ]);
  });
});
