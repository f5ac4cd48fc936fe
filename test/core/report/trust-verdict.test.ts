import { describe, expect, it } from 'vitest';
import type { Explanation, Shortcut } from '../../../core/concepts/explanation.ts';
import { percentText } from '../../../core/wording/number-text.ts';
import { trustVerdict } from '../../../core/report/trust-verdict.ts';
import { sampleEvaluation, sampleExplanation } from './sample-report.ts';

const judged = (changes: Partial<Explanation>) => trustVerdict({ ...sampleExplanation(), ...changes });
const evaluated = (changes: Partial<Explanation>) =>
  trustVerdict({ ...sampleExplanation(), ...changes }, sampleEvaluation());
const agreement = (share: number) => ({ reconstruction: { r2: 0.2, relativeError: 0.8, agreement: share } });
const rest = (mean: number) => ({ rest: { mean, low: mean / 2, high: mean * 1.2, images: 40 } });
/** Every image scored alike, as pictures that are all black. */
const scoredAlike = (images: Explanation['images']) => images.map((image) => ({ ...image, logit: 4 }));

describe('trustVerdict()', () => {
  it.each([
    [{}, 'good'],
    // What counts is what the concepts carry of the score, not R² of the activations.
    [{ ...agreement(1), ...rest(0.05) }, 'good'],
    [rest(0.12), 'fair'],
    [rest(0.3), 'weak'],
    [agreement(0.9), 'fair'],
    [agreement(0.7), 'weak'],
  ])('of %j is %s', (changes, grade) => {
    expect(evaluated(changes).grade).toBe(grade);
  });

  const images = sampleExplanation().images;
  const { importance } = sampleExplanation();
  const guessing = { ...sampleEvaluation(), hitRate: { known: 40, hits: 8, aboveChance: 0 } };
  it.each<[string, Partial<Explanation>, string, string]>([
    ['one picture', { images: images.slice(0, 1) }, 'weak', 'One image was explained'],
    ['three pictures', { images: images.slice(0, 3) }, 'weak', 'Seen on 3 images: other images may'],
    ['black pictures', { images: scoredAlike(images) }, 'weak', 'all 40 images the same score'],
    [
      'a score that does not move',
      { importance: { ...importance, still: 40 } },
      'weak',
      'Nothing that the concepts do moves the score',
    ],
    [
      'a saturated softmax',
      { images: images.map((image, i) => ({ ...image, logit: 1 - i * 1e-7 })) },
      'fair',
      'a probability that is nearly 0 or 1',
    ],
    [
      'a cut at the scores',
      { layer: { ...sampleExplanation().layer, kind: 'vector', computeShare: 1 } },
      'fair',
      'the layer is the scores themselves',
    ],
  ])('of %s says so and is not good', (_, changes, grade, sentence) => {
    const verdict = evaluated(changes);
    expect(verdict.grade).toBe(grade);
    expect(verdict.reasons.join(' ')).toContain(sentence);
  });

  const shortcut: Shortcut = {
    concept: 'c1',
    carried: 0.8,
    cue: 'top-left',
    isPainted: false,
    kinds: ['same-place', 'flips'],
    evidence: [
      { kind: 'same-place', figure: 'moved', value: 0.25, low: 0.149, high: 0.388, images: 48 },
      { kind: 'flips', figure: 'left', value: 0.6875, low: 0.547, high: 0.801, images: 48 },
    ],
    flips: 0.6875,
  };
  it('says both of a sound explanation of a model with a shortcut', () => {
    const verdict = evaluated({ shortcuts: { images: 37, others: 48, found: [shortcut] } });
    expect(verdict.grade).toBe('good');
    expect(verdict.headline).toBe('The explanation holds up; the model leans on the top left corner');
    expect(verdict.cautions[0]).toMatch(/^A shortcut is something beside the object/);
    expect(verdict.shortcuts[0].evidence.map(({ sentence }) => sentence.replaceAll('\u00a0', ' '))).toEqual([
      'The top left corner of images of \u201cboat\u201d, given to 48 other images, turns 25.0 % (14.9\u201338.8 %) of them into \u201cboat\u201d.',
      'With the top left corner of other images in its place, 68.8 % (54.7\u201380.1 %) of the images of \u201cboat\u201d are called something else.',
    ]);
    expect(verdict.searched).toBe('');
  });

  it('says what was looked for in vain, and nothing of a run that did not look', () => {
    expect(evaluated({ shortcuts: { images: 40, others: 30, found: [] } }).searched).toContain(
      'No shortcut was found',
    );
    expect(evaluated({ shortcuts: { images: 40, others: 2, found: [] } }).searched).toContain(
      'painting over',
    );
    expect(evaluated({ shortcuts: { images: 0, others: 2, found: [] } }).searched).toContain(
      'too few of the images',
    );
    expect(evaluated({}).searched).toBe('');
    expect(evaluated({}).headline).toBe('The explanation holds up');
  });

  it('does not blame the images where a number without a border of its own has nothing to flip', () => {
    const model = { output: 'age', task: 'regression', activation: 'none', classes: [], width: 1 } as const;
    const explained = { kind: 'side', side: 1 } as const;
    const shortcuts = { images: 0, others: 0, found: [] };
    const { searched } = evaluated({ shortcuts, score: { model, explained, at: 3 } });
    expect(searched).toMatch(/without a threshold of its own/);
    expect(searched).not.toMatch(/class|images/);
  });

  it('of a model that guesses is weak', () => {
    const verdict = trustVerdict(sampleExplanation(), guessing);
    expect(verdict).toMatchObject({ grade: 'weak', headline: 'The explanation does not hold up' });
    expect(verdict.reasons[0]).toContain('The model does no better than guessing');
  });

  it('of a run that was not evaluated is not known, and never good', () => {
    const verdict = judged({ answers: { known: 40, hits: 38, aboveChance: 0.9 } });
    expect(verdict.grade).toBe('unknown');
    expect(verdict.headline).toBe('It is not known whether the explanation holds up');
    const unknown = verdict.claims.filter(({ grade }) => grade === 'unknown').map(({ id }) => id);
    expect(unknown).toEqual(['order', 'repeatable', 'learned']);
  });

  it('does not hold against a number the border that nobody set', () => {
    const model = { output: 'age', task: 'regression', activation: 'none', classes: [], width: 1 } as const;
    const explained = { kind: 'side', side: 1 } as const;
    const decision = (threshold: object) =>
      evaluated({ ...agreement(0.5), score: { model: { ...model, ...threshold }, explained, at: 3 } })
        .claims[1];
    expect(decision({})).toMatchObject({ name: 'The concepts carry the score', grade: 'good' });
    expect(decision({ threshold: 3 })).toMatchObject({ grade: 'weak' });
  });

  it('cautions about a preprocessing that is a guess, and about any where few answers are right', () => {
    const card = { source: 'card', reason: 'from the card net.json' };
    const guess = { source: 'default', reason: 'nothing tells it' };
    expect(judged({ preprocessing: card }).cautions).toEqual([]);
    expect(judged({ preprocessing: guess }).cautions).toEqual([
      'The preprocessing is a guess: nothing tells it.',
    ]);
    const few = { known: 10, hits: 4, aboveChance: 0.2 };
    expect(judged({ preprocessing: card, answers: few }).cautions).toEqual([
      'So few right answers often mean the wrong preprocessing or labels in another order. The preprocessing is from the card net.json.',
    ]);
  });

  it('gives the reason of every claim that made the grade', () => {
    const good = sampleEvaluation();
    expect(trustVerdict(sampleExplanation(), good).reasons).toEqual([
      'The 6 concepts carry 94.8\u00a0% (93.4–95.9\u00a0%) of the movement of the score in the images that they were made from.',
      'The order by importance is not chance. The score moves by it before 99.0\u00a0% of random orders.',
    ]);
    const shaken = { ...good, stability: { ...good.stability, mean: 0.6 } };
    expect(trustVerdict(sampleExplanation(), shaken)).toMatchObject({
      grade: 'fair',
      reasons: ['Other images would have given other concepts. Likeness of the concepts found again: 0.60.'],
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

  it('cautions about an unfinished factorisation and many unreadable files', () => {
    const { factorization, skipped } = sampleExplanation();
    const { cautions } = judged({
      factorization: { ...factorization, status: 'max-iter-reached' },
      skipped,
      given: 4,
    });
    expect(cautions).toEqual([
      'The factorisation stopped early (max-iter-reached); more iterations may change the concepts.',
      '33.3\u00a0% of the files could not be read.',
    ]);
  });

  it('leaves out that images of a class lie in the folder of the class', () => {
    const folder = { kind: 'folder', figure: 'folder', value: 1, low: 0.9, high: 1, images: 40 } as const;
    const of = (name: string) =>
      evaluated({
        shortcuts: {
          images: 37,
          others: 48,
          found: [{ ...shortcut, evidence: [{ ...folder, folder: name }] }],
        },
      }).shortcuts[0].evidence.length;
    expect([of('boat'), of('Boat'), of('hospital 2')]).toEqual([0, 0, 1]);
  });

  it('gives one next step where nothing moves the score, and no doubt of the labels', () => {
    const still = {
      importance: { ...importance, still: 40 },
      ...{ answers: { known: 160, hits: 40, aboveChance: 0 } },
    };
    const verdict = evaluated({ ...still, given: 40 });
    expect(verdict.claims.filter(({ next }) => next !== '').map(({ id }) => id)).toEqual(['decision']);
    expect(verdict.reasons[0]).toMatch(/^Nothing that the concepts do moves the score/);
    expect(verdict.cautions.join(' ')).not.toContain('labels in another order');
  });

  it('gives figures of few images no better light than the claim', () => {
    const { lights } = evaluated({ images: images.slice(0, 3) });
    for (const figure of ['deletion', 'insertion', 'stability'])
      expect(lights.find((light) => light.figure === figure)?.level).toBe('unknown');
  });
});
