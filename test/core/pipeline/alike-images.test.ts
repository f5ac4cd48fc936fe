import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { plainGemm } from '../../../core/linalg/plain-gemm.ts';
import {
  distinctImages,
  filesByContent,
  firstAlike,
} from '../../../core/pipeline/evaluation/alike-images.ts';
import { planOf } from '../../../core/pipeline/evaluation/plan.ts';
import { makeAgain, refitsOf, type MadeOf } from '../../../core/pipeline/evaluation/refits.ts';
import { randomRows } from '../../fixtures/influence-cases.ts';

const amounts = (...values: number[]): Matrix => matrix(values.length, 1, Float32Array.from(values));
const logits = (...values: number[]) => values.map((logit) => ({ logit }));
const stamped = (...contents: string[]) =>
  contents.map((sha256) => ({ stamp: { size: 1, modifiedMs: 1, sha256 } }));

describe('firstAlike()', () => {
  it('is the image itself where all differ, also in one amount or the logit alone', () => {
    const own = [amounts(1, 2), amounts(1, 3), amounts(1, 2)];
    expect(firstAlike(logits(5, 5, 6), own)).toEqual([0, 1, 2]);
  });

  it('is the original of a copy, by its bytes or by what is said of it', () => {
    const own = [amounts(1), amounts(2), amounts(1), amounts(9), amounts(1)];
    const first = firstAlike(logits(5, 6, 5, 7, 5), own, stamped('a', 'b', 'c', 'b', 'a'));
    // The fourth has the bytes of the second, though it was computed a little otherwise.
    expect(first).toEqual([0, 1, 0, 1, 0]);
    expect(distinctImages(first)).toEqual([0, 1]);
    expect(planOf('quick', distinctImages(first))).toMatchObject({ images: [0, 1], heldOut: 2 });
  });
});

describe('filesByContent()', () => {
  it('puts files of the same bytes together, and those of which nothing is known by themselves', () => {
    expect(filesByContent([...stamped('a', 'b', 'a'), {}, {}, ...stamped('b')])).toEqual([
      [0, 2],
      [1, 5],
      [3],
      [4],
    ]);
  });
});

describe('makeAgain() and refitsOf()', () => {
  const PER_IMAGE = 6;
  /** So many images with so many copies of each, one set after the other. */
  async function refitsWith(distinct: number, copies: number) {
    const { rows } = randomRows(4, { images: distinct, perImage: PER_IMAGE, p: 9, r: 2 });
    const { data } = rows.activations;
    const all = Array.from({ length: copies }, () => [...data]).flat();
    const images = distinct * copies;
    const subject: Omit<MadeOf, 'first'> = {
      rows: {
        activations: matrix(images * PER_IMAGE, 9, Float32Array.from(all)),
        places: Array.from({ length: images * PER_IMAGE }, (_, row) => ({
          image: Math.floor(row / PER_IMAGE),
          box: [0, 0, 1, 1] as const,
        })),
        isWhole: true,
      },
      conceptBank: matrix(2, 9, Float32Array.from(all.slice(0, 18))),
    };
    const first = Array.from({ length: images }, (_, image) => image % distinct);
    const context = { device: { gemm: plainGemm }, options: { seed: 0 } } as never;
    const plan = planOf('full', distinctImages(first));
    const made = await makeAgain(context, { ...subject, first }, plan, () => undefined);
    return refitsOf(made, distinctImages(first), (image) => first[image]);
  }

  it('leaves an image out only with all its copies, and tells of it once', async () => {
    const refits = await refitsWith(3, 8);
    expect(refits.some(({ leftOut }) => leftOut.length > 0)).toBe(true);
    for (const { leftOut } of refits) expect([0, 1, 2]).toEqual(expect.arrayContaining([...leftOut]));
  });

  it('leaves none out where all are copies of one', async () => {
    for (const { leftOut } of await refitsWith(1, 24)) expect(leftOut).toEqual([]);
  });
});
