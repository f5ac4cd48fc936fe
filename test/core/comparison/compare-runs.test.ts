import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../core/comparison/compare-runs.ts';
import type { ComparedRun } from '../../../core/comparison/compared-run.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { createRandom } from '../../../core/random.ts';
import { turnsText } from '../../../core/wording/comparison-words.ts';
import { imageOf, randomAmounts, sampleRun } from './sample-runs.ts';

const IMPORTANCE = [0.5, 0.3, 0.1];
const amounts = randomAmounts(30, 3);

describe('compareRuns()', () => {
  it('finds every concept of a run in the run itself, with differences of 0', () => {
    const run = sampleRun({ amounts, importance: IMPORTANCE, noise: 0.05 });
    const found = compareRuns(run, run);
    expect(found).toMatchObject({
      images: { a: 30, b: 30, common: 30, pairedBy: 'content' },
      isPaired: true,
      matchedBy: 'places',
      onlyA: [],
      onlyB: [],
      decisions: { images: 30, agree: 30, changed: [] },
    });
    expect(found.matches.map(({ a, b }) => [a, b])).toEqual([0, 1, 2].map((i) => [i, i]));
    for (const { similarity, status, importance, prevalence } of found.matches) {
      expect([similarity, status]).toEqual([1, 'same']);
      for (const { difference, interval } of [importance, prevalence]) {
        expect(difference).toBe(0);
        expect(interval![0]).toBeLessThanOrEqual(0);
        expect(interval![1]).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('puts a concept that only one run has first, the most important before the others', () => {
    const random = createRandom(8);
    const lone = amounts.map(() => [random.uniform(), random.uniform()]);
    const a = sampleRun({
      amounts: amounts.map(([first, second], i) => [first, ...lone[i], second]),
      importance: [0.2, 0.1, 0.6, 0.05],
      names: ['wall', 'cloud', 'stamp', 'roof'],
    });
    const b = sampleRun({
      amounts: amounts.map(([first, second]) => [second, first]),
      importance: [0.5, 0.4],
    });
    const { matches, onlyA, onlyB } = compareRuns(a, b);
    expect(onlyA.map(({ concept }) => a.concepts[concept].name)).toEqual(['stamp', 'cloud']);
    expect(onlyB).toEqual([]);
    expect(matches.map((one) => [one.a, one.b, one.importance.difference])).toEqual([
      [0, 1, expect.closeTo(0.2, 9)],
      [3, 0, expect.closeTo(0.45, 9)],
    ]);
  });

  it('says of a concept that it is like one that has a closer match', () => {
    const random = createRandom(8);
    const a = sampleRun({
      amounts: amounts.map(([first]) => [first, 0.9 * first + 0.1 * random.uniform(), random.uniform()]),
      importance: [0.5, 0.4, 0.1],
    });
    const b = sampleRun({ amounts: amounts.map(([first]) => [first]), importance: [0.9] });
    expect(compareRuns(a, b).onlyA).toMatchObject([
      { concept: 1, isSecond: true, nearest: { concept: 0 } },
      { concept: 2, isSecond: false },
    ]);
  });

  it('holds in its intervals how far concepts would move, where the checks of both runs say it', () => {
    const moving = (importance: readonly number[], moved?: { low: number; high: number }, deviation = 0) => {
      const run = sampleRun({ amounts, importance, noise: 0.01, seed: importance[0] });
      const betweenFits = moved && { deviation, fits: 4 };
      return { ...run, concepts: run.concepts.map((concept) => ({ ...concept, moved, betweenFits })) };
    };
    const a = moving([0.5, 0.3, 0.1], { low: 0.2, high: 0.9 });
    const found = compareRuns(a, moving([0.6, 0.3, 0.1], { low: 0.3, high: 0.6 }));
    expect(found.coversMovement).toBe(true);
    const [low, high] = found.matches[0].importance.interval!;
    // 0.6 may fall by 0.3, and 0.5 rise by 0.4: by 0.5 together; nothing lifts 0.6, and 0.5 may fall by 0.3.
    expect(low).toBeCloseTo(0.1 - 0.5, 1);
    expect(high).toBeCloseTo(0.1 + 0.3, 1);
    // Fits that lie apart by 0.1 each: Student's t of four times the root of two squares, beside what there is.
    const apart = moving([0.6, 0.3, 0.1], { low: 0.6, high: 0.6 }, 0.1);
    const still = moving([0.5, 0.3, 0.1], { low: 0.5, high: 0.5 }, 0.1);
    const [, most] = compareRuns(still, apart).matches[0].importance.interval!;
    expect(most).toBeCloseTo(0.1 + 3.182 * Math.hypot(0.1, 0.1), 1);
    const narrow = compareRuns(a, moving([0.6, 0.3, 0.1]));
    expect(narrow.coversMovement).toBe(false);
    expect(narrow.matches[0].importance.interval![0]).toBeGreaterThan(0.08);
  });

  it('matches by direction where too few images are the same, and draws the images apart', () => {
    const bank = matrix(2, 3, Float32Array.of(1, 0, 0, 0, 1, 0.2));
    const turned = matrix(2, 3, Float32Array.of(0, 1, 0.2, 1, 0, 0.1));
    const own = { layer: 'relu', noise: 0.02 };
    const first = { ...own, amounts: randomAmounts(20, 2), importance: [0.6, 0.2], directions: bank };
    const a = sampleRun(first);
    const others = { ...own, amounts: randomAmounts(15, 2), importance: [0.3, 0.4], seed: 2 };
    const b = sampleRun({ ...others, directions: turned, firstImage: 11 });
    const found = compareRuns(a, b);
    expect(found).toMatchObject({ images: { common: 9 }, isPaired: false, matchedBy: 'directions' });
    expect(found.matches.map((one) => [one.a, one.b, one.status])).toEqual([
      [0, 1, 'same'],
      [1, 0, 'same'],
    ]);
    const [low, high] = found.matches[0].importance.interval!;
    expect(low).toBeLessThan(-0.2);
    expect(high).toBeGreaterThan(-0.2);
  });

  it('says nothing of concepts where nothing tells which are the same', () => {
    const a = sampleRun({ amounts, importance: IMPORTANCE });
    const b = sampleRun({ amounts, importance: IMPORTANCE, firstImage: 100, layer: 'another' });
    const found = compareRuns(a, b);
    expect(found.matchedBy).toBeUndefined();
    expect([found.matches, found.onlyA, found.onlyB]).toEqual([[], [], []]);
    expect(found.decisions).toBe('no-common-images');
  });

  it('has no interval of one image', () => {
    const importance = [0.6, 0.2];
    const directions = matrix(2, 2, Float32Array.of(1, 0, 0, 1));
    const run = sampleRun({ amounts: [[1, 1]], importance, directions });
    const { matches } = compareRuns(run, run);
    expect(matches).toHaveLength(2);
    for (const { importance: own, prevalence } of matches)
      expect([own.interval, prevalence.interval]).toEqual([undefined, undefined]);
  });

  it('averages the finer of two grids onto the coarser one', () => {
    const a = sampleRun({ amounts, importance: IMPORTANCE, grid: [4, 6] });
    const b = sampleRun({ amounts, importance: IMPORTANCE, grid: [2, 4] });
    const { matchedBy, matches } = compareRuns(a, b);
    expect(matchedBy).toBe('places');
    expect(matches.map(({ status }) => status)).toEqual(['same', 'same', 'same']);
    const vector = sampleRun({ amounts, importance: IMPORTANCE, grid: [1, 1], model: 'two' });
    expect(compareRuns(a, vector).matchedBy).toBe('images');
    expect(compareRuns(a, { ...b, view: 'centre', model: 'two' }).matchedBy).toBe('images');
  });

  it('goes by direction in a layer without places, which both runs share', () => {
    const directions = matrix(2, 2, Float32Array.of(1, 0, 0, 1));
    const own = { importance: [0.5, 0.1], directions, grid: [1, 1] } as const;
    const [a, b] = [3, 4].map((seed) =>
      sampleRun({ ...own, amounts: randomAmounts(12, 2, createRandom(seed)) }),
    );
    expect(compareRuns(a, b)).toMatchObject({
      isPaired: true,
      matchedBy: 'directions',
      onlyA: [],
      onlyB: [],
    });
  });

  it('hardly ever matches concepts of ten images that have nothing to do with each other', () => {
    const random = createRandom(21);
    const made = (model: string) =>
      sampleRun({
        amounts: randomAmounts(10, 10, random),
        importance: Array<number>(10).fill(0.1),
        grid: [1, 1],
        model,
      });
    const found = Array.from({ length: 30 }, () => compareRuns(made('one'), made('two')).matches).flat();
    // 300 concepts a side.
    expect(found.length).toBeLessThan(30);
    expect(found.filter(({ status }) => status === 'same').length).toBeLessThan(4);
  });

  it('leaves a concept that is active in none of these images to no guess', () => {
    const silent = amounts.map(([first]) => [first, 0]);
    const a = sampleRun({ amounts: silent, importance: [0.5, 0.1] });
    const b = sampleRun({
      amounts: amounts.map(([first, second]) => [first, second]),
      importance: [0.5, 0.4],
      model: 'two',
    });
    expect(compareRuns(a, b).onlyA).toEqual([{ concept: 1, isSecond: false }]);
  });
});

describe('the decisions of two runs', () => {
  const a = sampleRun({ amounts, importance: IMPORTANCE, said: [0, 0, 1] });

  it('are compared by the names of classes, whatever their order', () => {
    const b = sampleRun({
      amounts,
      importance: IMPORTANCE,
      classes: ['Dog', ' cat'],
      said: [1, 0, 0, ...Array<number>(27).fill(1)],
    });
    const { decisions } = compareRuns(a, b);
    expect(decisions).toMatchObject({
      images: 30,
      agree: 29,
      changed: [{ file: imageOf(1).file, a: { name: 'cat' }, b: { name: 'Dog' } }],
    });
  });

  it('name first the concept without which the one model says what the other says', () => {
    const without = new Map([[1, 'dog']]);
    const concepts = a.concepts.map((concept, i) => (i === 2 ? { ...concept, without } : concept));
    const b = sampleRun({ amounts, importance: [0.5, 0.05, 0.1], said: [0, 1, 1] });
    const { decisions } = compareRuns({ ...a, concepts }, b);
    if (typeof decisions === 'string') throw new Error(decisions);
    expect(decisions.changed).toHaveLength(1);
    const [first, second] = decisions.changed[0].concepts;
    expect(first).toMatchObject({ run: 'a', concept: 2, without: 'dog' });
    // Of the others the one that lost most of its importance.
    expect(second).toMatchObject({ run: 'a', concept: 1 });
    expect(second.weight - second.other!).toBeCloseTo(
      (0.25 * amounts[1][1]) / Math.max(...amounts.map((own) => own[1])),
      6,
    );
  });

  it('say what became of them by the folders, where these name an answer', () => {
    const judge = (run: ComparedRun, rights: readonly (boolean | undefined)[]): ComparedRun => {
      const given = run.answers.given!.map((one, i) => {
        const isRight = rights[i];
        return isRight === undefined ? one : { ...one, isRight };
      });
      return { ...run, answers: { ...run.answers, given } };
    };
    const b = sampleRun({ amounts, importance: IMPORTANCE, said: [1, 1, 0, 1] });
    const { decisions } = compareRuns(
      judge(a, [true, false, false, undefined]),
      judge(b, [false, true, false, false]),
    );
    if (typeof decisions === 'string') throw new Error(decisions);
    const turns = decisions.changed.map(({ file, turn }) => [file, turn]);
    expect(Object.fromEntries(turns)).toEqual({
      [imageOf(0).file]: 'to-wrong',
      [imageOf(1).file]: 'to-right',
      [imageOf(2).file]: 'still-wrong',
      [imageOf(3).file]: undefined,
    });
    expect(turnsText(decisions.changed)).toBe(
      'By their folders 1 is wrong in A, right in B; 1 is right in A, wrong in B; 1 is wrong in both.',
    );
    expect(turnsText([{}])).toBe('');
  });

  it('have no concepts behind them where neither run explains the image', () => {
    const far = sampleRun({ amounts, importance: IMPORTANCE, firstImage: 50 });
    const given = a.answers.given!;
    const b = {
      ...far,
      answers: { ...far.answers, given: given.map((one) => ({ ...one, said: { index: 1, name: 'dog' } })) },
    };
    const { decisions } = compareRuns({ ...far, answers: a.answers }, b);
    if (typeof decisions === 'string') throw new Error(decisions);
    expect(decisions.changed.length).toBe(29);
    expect(decisions.changed.every(({ concepts }) => concepts.length === 0)).toBe(true);
  });

  it.each([
    [
      'a number and a class',
      { ...a, answers: { names: ['lower age', 'higher age'], number: {} } },
      'number-and-class',
    ],
    [
      'other classes',
      sampleRun({ amounts, importance: IMPORTANCE, classes: ['ship', 'car'] }),
      'no-common-classes',
    ],
    ['no record', { ...a, answers: { names: a.answers.names } }, 'not-kept'],
  ])('are not compared of %s', (_, b, why) => {
    expect(compareRuns(a, b).decisions).toBe(why);
  });

  it('are compared of numbers with the same border alone', () => {
    const number = (border?: number) => ({
      ...a,
      answers: { ...a.answers, number: { border } },
    });
    expect(compareRuns(number(), number(3)).decisions).toBe('no-border');
    expect(compareRuns(number(2), number(3)).decisions).toBe('other-borders');
    expect(compareRuns(number(3), number(3)).decisions).toMatchObject({ agree: 30 });
  });
});
