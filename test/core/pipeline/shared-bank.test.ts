import { describe, expect, it } from 'vitest';
import { imagesThatFit } from '../../../core/pipeline/refined-bank.ts';
import { conceptsFor, isRefinable, sampleForBank } from '../../../core/pipeline/shared-bank.ts';

/** So many files, each by its own content unless another is told. */
const files = (count: number, contentOf: (i: number) => number = (i) => i) =>
  Array.from({ length: count }, (_, i) => ({
    path: `/${i}.png`,
    stamp: { size: 1, modifiedMs: 0, sha256: `content ${contentOf(i)}` },
  }));
const called = (...classes: number[]) => classes.map((index, at) => ({ at, index }));
const times = (count: number, index: number) => Array.from({ length: count }, () => index);
const countOf = (sample: ReturnType<typeof sampleForBank>) =>
  Object.fromEntries(sample.classes.map(({ index, images }) => [index, images]));

describe('sampleForBank()', () => {
  it('takes up every class of five images or more, the most frequent first', () => {
    const predictions = called(...times(5, 2), ...times(8, 0), ...times(4, 1));
    const sample = sampleForBank(predictions, files(17), 0);
    expect(sample.classes).toEqual([
      { index: 0, images: 8 },
      { index: 2, images: 5 },
    ]);
    expect(sample.images).toHaveLength(13);
  });

  it('gives no class more than its share, drawn by lot and the same for a seed', () => {
    const predictions = called(...times(3000, 0), ...times(40, 1));
    const draw = (seed: number) => sampleForBank(predictions, files(3040), seed);
    expect(countOf(draw(0))).toEqual({ 0: 512, 1: 40 });
    expect(draw(0)).toEqual(draw(0));
    expect(draw(1).images).not.toEqual(draw(0).images);
    expect(new Set(draw(0).images.map(({ path }) => path)).size).toBe(552);
  });

  it('counts copies of one image as one', () => {
    const predictions = called(...times(12, 0), ...times(12, 1));
    // Class 1 has twelve copies of three images.
    const copies = files(24, (i) => (i < 12 ? i : i % 3));
    expect(countOf(sampleForBank(predictions, copies, 0))).toEqual({ 0: 12 });
  });

  it('takes all images where no class has enough', () => {
    expect(countOf(sampleForBank(called(0, 1, 1), files(3), 0))).toEqual({ 0: 1, 1: 2 });
  });
});

describe('conceptsFor()', () => {
  it('grows with the classes, up to what the layer has and a person looks through', () => {
    expect([1, 6, 8].map((classes) => conceptsFor(classes, 1280))).toEqual([10, 35, 45]);
    expect(conceptsFor(10, 32)).toBe(32);
    expect(conceptsFor(1000, 1280)).toBe(128);
  });
});

describe('isRefinable()', () => {
  const layer = {
    tensor: 'a',
    shape: [1, 1280, 7, 7],
    kind: 'spatial',
    channelAxis: 1,
    grid: [7, 7],
    computeShare: 1,
  } as const;
  const refined = (classes: number) => isRefinable(classes, imagesThatFit(layer, conceptsFor(classes, 1280)));

  it('refines a bank of several classes, and none where few images of each can be looked at in time', () => {
    expect([2, 8, 13, 30].map(refined)).toEqual([true, true, true, true]);
    expect([40, 100, 1000].map(refined)).toEqual([false, false, false]);
  });
});
