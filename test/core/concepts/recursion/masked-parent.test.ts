import { describe, expect, it } from 'vitest';
import { imageImportance } from '../../../../core/concepts/importance.ts';
import type { LayerRecord } from '../../../../core/concepts/explanation.ts';
import { fromRows, toRows } from '../../../../core/concepts/latent-rows.ts';
import { footprint } from '../../../../core/concepts/recursion/footprint.ts';
import { findParts, scatterRows } from '../../../../core/concepts/recursion/find-parts.ts';
import {
  maskedParent,
  rebuilt,
  type PartsInImage,
} from '../../../../core/concepts/recursion/masked-parent.ts';
import { matrix, rowView, type Matrix } from '../../../../core/linalg/matrix.ts';
import { plainGemm } from '../../../../core/linalg/plain-gemm.ts';
import { createRandom } from '../../../../core/random.ts';
import type { Tensor } from '../../../../core/tensor.ts';

const layerOf = (tensor: string, channels: number, grid: readonly [number, number]): LayerRecord => ({
  tensor,
  shape: [1, channels, ...grid],
  kind: 'spatial',
  channelAxis: 1,
  grid,
  computeShare: 0.5,
});
const EARLIER = layerOf('earlier', 4, [2, 2]);
const LATER = layerOf('later', 2, [2, 2]);

/** later[0] = 3 · e0 + 4 · e1 and later[1] = e2 at every position: concept 0 is a known sum of two parts. */
const WEIGHTS = [
  [3, 4, 0, 0],
  [0, 0, 1, 0],
];
async function between(batch: Tensor<'float32'>): Promise<Tensor<'float32'>> {
  const rows = toRows(batch, EARLIER);
  const out = matrix(rows.rows, 2);
  for (let row = 0; row < rows.rows; row++) {
    WEIGHTS.forEach((weights, k) => {
      out.data[row * 2 + k] = weights.reduce((sum, weight, c) => sum + weight * rowView(rows, row)[c], 0);
    });
  }
  return Promise.resolve(fromRows(out, LATER));
}
const parent = {
  layer: LATER,
  conceptBank: matrix(2, 2, Float32Array.of(1, 0, 0, 1)),
  column: 0,
  earlier: EARLIER,
  between,
};
/** The parts e0, e1, e2 with amounts 2, 1, 5 at position 0; position 1 is context. */
const image: PartsInImage = {
  activations: matrix(4, 4, Float32Array.of(2, 1, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
  coefficients: matrix(4, 3, Float32Array.of(2, 1, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
  partBank: matrix(3, 4, Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)),
  inside: Uint8Array.of(1, 0, 1, 1),
  counted: [0],
};

describe('maskedParent()', () => {
  it('gives the parent of a known sum under any mask, counted where it is', async () => {
    const masks = matrix(4, 3, Float32Array.of(1, 1, 1, 0, 0, 0, 0.5, 0, 1, 0, 1, 0));
    const values = await maskedParent(parent, image).evaluate(masks);
    // 3 · 2 m0 + 4 · 1 m1, and the part e2 does nothing for concept 0.
    expect([...values]).toEqual([10, 0, 3, 4]);
  });

  it('keeps the context: a counted position outside the footprint does not move', async () => {
    const both = maskedParent(parent, { ...image, counted: [0, 1] });
    const values = await both.evaluate(matrix(2, 3, Float32Array.of(1, 1, 1, 0, 0, 0)));
    expect([...values]).toEqual([(10 + 21) / 2, 21 / 2]);
  });

  it('gives the importances of a known sum: 36 : 16 in squares, and none for what is not in it', async () => {
    const logit = maskedParent(parent, image);
    const { replicates, status } = await imageImportance(logit, 3, {
      samples: 512,
      replicates: 4,
      seed: 1,
    });
    expect(status).toBe('ok');
    const mean = [0, 1, 2].map((k) => replicates.reduce((sum, one) => sum + one[k], 0) / replicates.length);
    // Affine in the masks: the total index is the squared slope over the sum of squares.
    expect(mean).toBeAllclose([36 / 52, 16 / 52, 0], { rtol: 0.05, atol: 1e-6 });
  });

  it('says so when the parts do not move the parent', async () => {
    const dead = { ...parent, conceptBank: matrix(2, 2, Float32Array.of(-1, 0, 0, -1)) };
    const { status, replicates } = await imageImportance(maskedParent(dead, image), 3, { samples: 16 });
    expect(status).toBe('constant-output');
    expect([...replicates[0]]).toEqual([0, 0, 0]);
  });
});

describe('rebuilt()', () => {
  it('puts the parts inside the footprint and leaves the rest', () => {
    const half = {
      ...image,
      coefficients: matrix(
        4,
        3,
        image.coefficients.data.map((value) => value / 2),
      ),
    };
    expect([...rebuilt(half).data]).toEqual([1, 0.5, 2.5, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('findParts()', () => {
  /** 60 rows of 6 images, each a mixture of three directions that share no channel. */
  function factorable(): { rows: Matrix; imageOf: number[]; directions: Matrix } {
    const random = createRandom(3);
    const directions = matrix(
      3,
      6,
      Float32Array.of(0.6, 0.8, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0.8, 0.6),
    );
    const rows = matrix(60, 6);
    for (let row = 0; row < 60; row++) {
      for (let k = 0; k < 3; k++) {
        const amount = random.uniform() < 0.3 ? 0 : random.uniform();
        rowView(directions, k).forEach((value, c) => (rows.data[row * 6 + c] += amount * value));
      }
    }
    return { rows, imageOf: Array.from({ length: 60 }, (_, row) => Math.floor(row / 10)), directions };
  }

  it('recovers the parts of an exactly factorable concept, and finds them again in half of the images', async () => {
    const { rows, imageOf, directions } = factorable();
    const found = await findParts(rows, imageOf, { parts: 3, gemm: plainGemm, seed: 0 });
    expect(found.method).toBe('nmf');
    expect(found.reconstruction.r2).toBeGreaterThan(0.999);
    expect(found.stability).toBeGreaterThan(0.99);
    for (let k = 0; k < 3; k++) {
      const cosines = [0, 1, 2].map((part) =>
        rowView(found.conceptBank, part).reduce(
          (sum, value, c) => sum + value * directions.data[k * 6 + c],
          0,
        ),
      );
      expect(Math.max(...cosines)).toBeGreaterThan(0.995);
    }
  });

  it('takes signed activations by semi-NMF', async () => {
    const { rows, imageOf } = factorable();
    const signed = { ...rows, data: rows.data.map((value, i) => (i % 6 === 2 ? -value : value)) };
    const found = await findParts(signed, imageOf, { parts: 3, gemm: plainGemm, seed: 0 });
    expect(found.method).toBe('semi-nmf');
    expect(found.reconstruction.r2).toBeGreaterThan(0.95);
  });

  it('does not claim stability that one image cannot show', async () => {
    const { rows } = factorable();
    const found = await findParts(rows, new Uint8Array(60), { parts: 3, gemm: plainGemm, seed: 0 });
    expect(found.stability).toBe(0);
  });
});

describe('scatterRows()', () => {
  it('puts rows back to their positions', () => {
    const out = scatterRows(matrix(2, 2, Float32Array.of(1, 2, 3, 4)), [2, 0], 3);
    expect([...out.data]).toEqual([3, 4, 0, 0, 1, 2]);
  });
});

describe('footprint()', () => {
  const later = layerOf('later', 2, [4, 4]);
  const finer = layerOf('earlier', 2, [8, 8]);
  const cornerOnly = Float32Array.from({ length: 16 }, (_, cell) => (cell === 0 ? 1 : 0.1));

  it('covers the cells of a finer grid within half a cell around a strong position', () => {
    const inside = footprint(cornerOnly, 0.5, later, finer);
    const cells = [...inside.keys()].filter((cell) => inside[cell] === 1);
    // 1.5 cells of the later grid are three of the finer.
    expect(cells).toEqual([0, 1, 2, 8, 9, 10, 16, 17, 18]);
  });

  it('leaves a class token before the grid out', () => {
    const tokens: LayerRecord = { ...later, kind: 'tokens', shape: [1, 17, 2], channelAxis: 2 };
    const inside = footprint(Float32Array.of(9, ...cornerOnly), 0.5, tokens, tokens);
    expect(inside).toHaveLength(17);
    // The neighbour of the strong cell has its middle just half a cell off.
    expect([...inside.subarray(0, 4)]).toEqual([0, 1, 1, 0]);
  });

  it('is everything where a layer has no grid', () => {
    const vector: LayerRecord = { ...later, kind: 'vector', shape: [1, 2], grid: [1, 1] };
    expect(footprint(Float32Array.of(1), 0.5, vector, finer).every((one) => one === 1)).toBe(true);
  });
});
