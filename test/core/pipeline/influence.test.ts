import { describe, expect, it } from 'vitest';
import {
  classImportance,
  importanceOfImages,
  meanIndices,
  type ImageImportance,
} from '../../../core/concepts/importance.ts';
import { createSpecialisedMaskedHead } from '../../../core/concepts/specialised-masked-head.ts';
import { nnls } from '../../../core/factorization/nnls.ts';
import { matrix, takeRows, type Matrix } from '../../../core/linalg/matrix.ts';
import { plainGemm } from '../../../core/linalg/plain-gemm.ts';
import { bankMovement, type BankMovement } from '../../../core/pipeline/influence/bank-movement.ts';
import { addedVariance } from '../../../core/pipeline/influence/importance-spread.ts';
import { cutAt } from '../../../core/pipeline/model-parts.ts';
import { influenceStage } from '../../../core/pipeline/stages/influence.ts';
import { UNKEPT_ENTRY } from '../../../core/project/stage-entry.ts';
import { MOVEMENT_SETTING, polished, randomRows } from '../../fixtures/influence-cases.ts';
import {
  PIXEL_PREPROCESSING,
  pixelLayer,
  pixelModel,
  pixelPicture,
  POSITIONS,
  rowsAsRead,
} from '../../fixtures/pixel-rows.ts';
import { ortSessions } from '../onnx/ort-sessions.ts';

type Context = Parameters<typeof influenceStage.compute>[0];

const IMAGES = 8;
const CONCEPTS = 3;
const CHANNELS = 12;
const WEIGHTS = Array.from({ length: CHANNELS }, (_, j) => Math.cos(2 * j) + 0.3);
const layer = pixelLayer(CHANNELS);
const intake = {
  model: pixelModel(WEIGHTS),
  inputDims: new Map(),
  hasFreeBatch: true,
  preprocessing: { preprocessing: PIXEL_PREPROCESSING },
};
const device = { used: 'cpu', sessions: ortSessions(), gemm: plainGemm, fallbackReasons: [] };

/** Images whose rows are parts with noise, the bank at its minimum, and what each concept is worth in each of them. */
async function found(seed: number) {
  const { rows, start } = randomRows(seed, { images: IMAGES, perImage: POSITIONS, p: CHANNELS, r: CONCEPTS });
  const activations = rowsAsRead(rows.activations);
  const read = { ...rows, activations: { ...activations, data: Float64Array.from(activations.data) } };
  const { bank: minimum } = await polished(read, start);
  const bank = matrix(CONCEPTS, CHANNELS, Float32Array.from(minimum));
  const context = {
    intake,
    device,
    layer,
    classIndex: 0,
    images: Array.from({ length: IMAGES }, (_, image) => ({ path: String(image) })),
    environment: {
      memoryBudget: 2 ** 24,
      codec: {
        decodeFitted: (file: string) =>
          Promise.resolve(pixelPicture(rows.activations, Number(file) * POSITIONS)),
      },
    },
    signal: undefined,
    onProgress: () => undefined,
    entry: UNKEPT_ENTRY,
    options: { evaluate: 'quick', seed: 0 },
    inputs: {
      rows: {
        activations,
        places: Array.from(rows.imageOf, (image) => ({ image, box: [0, 0, 4, 4] })),
        isWhole: true,
      },
      bank: { conceptBank: bank, method: 'nmf' },
      importance: await importances(activations, bank),
    },
  } as unknown as Context;
  return { context, read, minimum, activations, bank };
}

/** Total indices of the concepts of a bank in each image. */
async function importances(activations: Matrix, bank: Matrix): Promise<ImageImportance[]> {
  const head = await createSpecialisedMaskedHead(cutAt(intake as never, layer).head, layer, bank, 0, {
    sessions: device.sessions,
    memoryBudget: 2 ** 24,
  });
  try {
    const amounts: Matrix[] = [];
    for (let image = 0; image < IMAGES; image++) {
      const own = takeRows(
        activations,
        Array.from({ length: POSITIONS }, (_, cell) => image * POSITIONS + cell),
      );
      amounts.push((await nnls(own, bank)).coefficients);
    }
    const design = { design: 'sobol', samples: 32, replicates: 1, seed: 0 } as const;
    return await importanceOfImages(amounts, head, design, { total: IMAGES });
  } finally {
    await head.dispose();
  }
}

/** Mean importance of each concept where images count by weights, with the bank of these weights or a given one. */
async function weighted({ read, minimum, activations, bank }: Found, weights: number[], isRefitted: boolean) {
  const refit = isRefitted ? await polished(read, minimum, weights) : undefined;
  const used = refit ? matrix(CONCEPTS, CHANNELS, Float32Array.from(refit.bank)) : bank;
  const images = await importances(activations, used);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: CONCEPTS }, (_, k) =>
    images.reduce((sum, image, i) => sum + (weights[i] / whole) * meanIndices(image)[k], 0),
  );
}
type Found = Awaited<ReturnType<typeof found>>;

/** Σ_i of the squared derivative by the weight of image i, from central differences, [concepts]. */
async function varianceByDifferences(problem: Found, isRefitted: boolean): Promise<number[]> {
  const step = 0.02;
  const out = new Array<number>(CONCEPTS).fill(0);
  for (let i = 0; i < IMAGES; i++) {
    const at = (sign: number) =>
      weighted(
        problem,
        Array.from({ length: IMAGES }, (_, image) => (image === i ? 1 + sign * step : 1)),
        isRefitted,
      );
    const [up, down] = [await at(1), await at(-1)];
    up.forEach((value, k) => (out[k] += ((value - down[k]) / (2 * step)) ** 2));
  }
  return out;
}

const plan = { rows: IMAGES * POSITIONS, groups: IMAGES, refits: 4 };
describe('addedVariance()', () => {
  it.each([2, 5])(
    'agrees with differences of refits by the weight of every image (seed %i)',
    async (seed) => {
      const problem = await found(seed);
      const { context, bank } = problem;
      const { rows, importance } = context.inputs;
      const movement = await bankMovement(rows, bank, plan, MOVEMENT_SETTING);
      expect(movement).toMatchObject({ status: 'solved', source: 'jackknife' });
      const added = await addedVariance(context, movement, importance, { isSigned: false, seed: 0 });
      const whole = await varianceByDifferences(problem, true);
      const images = await varianceByDifferences(problem, false);
      const moving = whole.flatMap((variance, k) => (variance > 1e-5 ? [k] : []));
      expect(moving).toHaveLength(2);
      for (const k of moving) {
        expect((images[k] + added[k]) / whole[k]).toBeGreaterThan(0.8);
        expect((images[k] + added[k]) / whole[k]).toBeLessThan(1.25);
        // The movement of the concepts alone, which may make the whole smaller too.
        expect(added[k] / (whole[k] - images[k])).toBeGreaterThan(0.6);
        expect(added[k] / (whole[k] - images[k])).toBeLessThan(1.4);
      }
    },
  );

  it('is the sum over directions where there are only refits, and nothing where the bank does not move', async () => {
    const { context, bank } = await found(5);
    const { rows, importance } = context.inputs;
    const movement = await bankMovement(rows, bank, plan, MOVEMENT_SETTING);
    const { directions } = movement;
    const told = (changes: Partial<BankMovement>, images = importance) =>
      addedVariance(context, { ...movement, ...changes }, images, { isSigned: false, seed: 0 });
    const refits = await told({ source: 'refits' });
    expect(refits.every((variance) => variance > 0)).toBe(true);
    const still = { ...directions, steps: directions.steps.map(() => 0) };
    expect([...(await told({ source: 'refits', directions: still }))]).toEqual([0, 0, 0]);
    (await told({ directions: still })).forEach((variance) => expect(variance).toBeCloseTo(0, 15));
    // Twice as far moves importance about twice as much.
    const twice = { ...directions, steps: directions.steps.map((step) => 2 * step) };
    (await told({ source: 'refits', directions: twice })).forEach((variance, k) => {
      expect(variance / refits[k]).toBeGreaterThan(2.5);
      expect(variance / refits[k]).toBeLessThan(6);
    });
  });

  it('leaves out an image whose score is not a finite number', async () => {
    const { context, bank } = await found(5);
    const { rows, importance } = context.inputs;
    const movement = await bankMovement(rows, bank, plan, MOVEMENT_SETTING);
    const broken: ImageImportance = {
      ...importance[0],
      replicates: [new Float64Array(CONCEPTS).fill(NaN)],
      status: 'non-finite',
    };
    const added = await addedVariance(context, movement, [broken, ...importance.slice(1)], {
      isSigned: false,
      seed: 0,
    });
    expect(added.every(Number.isFinite)).toBe(true);
  });
});

describe('influenceStage', () => {
  /** The stage on changed rows or another bank. */
  async function staged(
    change: (rows: Float32Array, bank: Float32Array) => void = () => undefined,
    more: Partial<Context> = {},
  ) {
    const { context } = await found(5);
    const { rows, bank } = context.inputs;
    change(rows.activations.data, bank.conceptBank.data);
    const importance = await importances(rows.activations, bank.conceptBank);
    const inputs = { ...context.inputs, importance };
    return { stored: await influenceStage.compute({ ...context, inputs, ...more }, undefined), importance };
  }

  it('widens the interval of every concept, and names the images that move it, the strongest first', async () => {
    const told: number[] = [];
    const { stored, importance } = await staged(undefined, {
      onProgress: ({ done, total }) => told.push(done / total),
    });
    expect(stored).toMatchObject({
      status: 'solved',
      source: 'jackknife',
      computedOn: 'float64',
      rows: IMAGES * POSITIONS,
    });
    classImportance(importance, 0).estimates.forEach(({ low, high }, k) => {
      const { cosine, spread, importance: wider, images, betweenFits } = stored.concepts[k];
      expect(cosine).toBeCloseTo(1 / Math.sqrt(1 + 2 * spread ** 2), 12);
      // The concepts of these rows are few and apart: every seed finds them.
      expect(betweenFits!.fits).toBe(4);
      expect(betweenFits!.deviation).toBeLessThan(0.05);
      expect(wider.low).toBeGreaterThanOrEqual(0);
      expect(wider.low).toBeLessThanOrEqual(low);
      expect(wider.high).toBeGreaterThanOrEqual(high);
      expect(wider.high).toBeLessThanOrEqual(1);
      const shares = images.map(({ share }) => share);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(new Set(images.map(({ image }) => image)).size).toBe(IMAGES);
    });
    expect([told[0], told.at(-1)]).toEqual([0, 1]);
    expect((await staged()).stored).toEqual(stored);
  });

  it('says that it refitted where rows are at the edge of a change, as when all images are the same', async () => {
    const { stored } = await staged((rows) => {
      for (let i = 1; i < IMAGES; i++) rows.copyWithin(i * POSITIONS * CHANNELS, 0, POSITIONS * CHANNELS);
    });
    expect(stored).toMatchObject({ status: 'near-degenerate', source: 'refits' });
    expect(stored.nearDegenerate).toBeGreaterThan(0.05);
    stored.concepts.forEach(({ spread }) => expect(spread).toBeLessThan(1e-6));
  });

  it.each([
    ['activations that are all zero', (rows: Float32Array) => void rows.fill(0), 3],
    ['a concept of nothing', (_: Float32Array, bank: Float32Array) => void bank.fill(0, 0, CHANNELS), 1],
  ])('has finite figures and no images for %s', async (_, change, empty) => {
    const { stored } = await staged(change);
    expect(stored.concepts.filter(({ images }) => images.length === 0)).toHaveLength(empty);
    const figures = stored.concepts.flatMap(({ cosine, spread, importance: { low, high }, betweenFits }) => [
      ...[cosine, spread, betweenFits!.deviation],
      ...[low, high],
    ]);
    expect(figures.every(Number.isFinite)).toBe(true);
  });

  it('takes copies for one picture, which moves a concept more than each by itself would', async () => {
    const half = (IMAGES / 2) * POSITIONS * CHANNELS;
    const copied = (rows: Float32Array) => void rows.copyWithin(half, 0, half);
    const images = Array.from({ length: IMAGES }, (_, image) => {
      const sha256 = String(image % (IMAGES / 2));
      return { path: sha256, stamp: { size: 1, modifiedMs: 1, sha256 } };
    });
    // Their files are read too, and have to be what is known of them.
    const { context } = await found(5);
    const codec = {
      decodeFitted: async (file: string) => {
        const picture = await context.environment.codec.decodeFitted(file, {} as never);
        return { ...picture, sha256: file };
      },
    };
    const environment = { ...context.environment, codec } as unknown as Context['environment'];
    const apart = (await staged(copied, { environment })).stored;
    const together = (await staged(copied, { environment, images })).stored;
    expect(together.source).toBe(apart.source);
    together.concepts.forEach(({ spread, images: moving }, k) => {
      // By the square root of two, as far as some refits can tell.
      expect(spread / apart.concepts[k].spread).toBeGreaterThan(1.1);
      expect(moving.map(({ image }) => image).toSorted()).toEqual([0, 1, 2, 3]);
    });
  });

  it('ends when it is stopped, and is not asked of a run without an evaluation', async () => {
    await expect(staged(undefined, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    const options = { evaluate: 'none', seed: 0 } as const;
    await expect(staged(undefined, { options })).rejects.toThrow('an evaluation that is not wanted');
  });
});
