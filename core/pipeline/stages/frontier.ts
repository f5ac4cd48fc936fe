import { channelsOf, positionsOf, toRows } from '../../concepts/latent-rows.ts';
import type { MaskedHeadWithRest } from '../../concepts/masked-head.ts';
import { conceptEffects, meanRest, restIndex, type RestIndex } from '../../concepts/rest-index.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { nnls } from '../../factorization/nnls.ts';
import { rankEvidence } from '../../factorization/rank.ts';
import { stackRows, takeRows, type Matrix } from '../../linalg/matrix.ts';
import type { FrontierPoint } from '../../metrics/frontier.ts';
import { createRandom } from '../../random.ts';
import type { Tensor } from '../../tensor.ts';
import { cutAt } from '../model-parts.ts';
import { ownActivations } from '../own-activations.ts';
import { defineStage, type StageContext } from '../stage.ts';

/** Numbers of concepts that are tried where none is asked for. */
export const FRONTIER_NUMBERS = [5, 10, 15, 25] as const;

/** Images of each half at most, rows of each, images whose score is taken apart, and masks of each. */
const IMAGES = 24;
const SAMPLE_ROWS = 1024;
const JUDGED = 8;
const MASKS = { samples: 24, replicates: 1 } as const;
/** Memory of a half's activations. */
const BYTES = 2 ** 26;

/** From this share of what concepts do to an image's score on a concept counts as active in it. */
const ACTIVE = 0.01;

/**
 * What each of some numbers of concepts would give at the cut, as {@link FrontierPoint}: the images fall into two halves, a
 * bank of the first is judged on images of the second, and the banks of both are compared. Every number is stored as it is
 * done. The request says which numbers; of those the cut gets what it has channels and rows for, or as many as it has.
 */
export const frontierStage = defineStage({
  name: 'frontier',
  inputs: {},
  facts: ['intake', 'device', 'layer', 'classIndex', 'images'],
  version: 1,
  compute: frontierPoints,
});

type Context = StageContext<'frontier', 'intake' | 'device' | 'layer' | 'classIndex' | 'images'>;

async function frontierPoints(
  context: Context,
  numbers: readonly number[] = FRONTIER_NUMBERS,
): Promise<FrontierPoint[]> {
  const { entry, onProgress } = context;
  const points: FrontierPoint[] = [];
  let halves: Halves | undefined;
  const most = mostConcepts(context);
  const fitting = numbers.filter((r) => r <= most);
  const tried = fitting.length > 0 ? fitting : [most];
  for (const [done, r] of tried.entries()) {
    onProgress({ stage: 'frontier', done, total: tried.length });
    const { value } = await entry.get(r, async () => {
      halves ??= await halvesOf(context);
      return { tensors: new Map(), value: await pointOf(context, halves, r) };
    });
    if (value !== null) points.push(value);
  }
  onProgress({ stage: 'frontier', done: tried.length, total: tried.length });
  return points;
}

/** A point as JSON carries it. */
type StoredPoint = Pick<FrontierPoint, Exclude<keyof FrontierPoint, 'rest'>> & {
  readonly rest: Pick<FrontierPoint['rest'], keyof FrontierPoint['rest']>;
};

interface Halves {
  /** Rows of the first half's images and of the second's, of one number. */
  readonly samples: readonly [Matrix, Matrix];
  /** Some images of the second half, A [1, …]. */
  readonly judged: readonly Tensor<'float32'>[];
}

/** Images of a half. */
function halfSize({ images, layer }: Pick<Context, 'images' | 'layer'>): number {
  const bytes = 4 * channelsOf(layer) * positionsOf(layer);
  return Math.max(1, Math.min(IMAGES, Math.floor(images.length / 2), Math.floor(BYTES / bytes)));
}

function mostConcepts(context: Context): number {
  const rows = halfSize(context) * positionsOf(context.layer);
  return Math.max(1, Math.min(channelsOf(context.layer), Math.min(SAMPLE_ROWS, rows)));
}

async function halvesOf(context: Context): Promise<Halves | undefined> {
  const { images, layer, options } = context;
  if (images.length < 2) return undefined;
  const each = halfSize(context);
  const order = createRandom(options.seed).permutation(images.length);
  const [first, second] = [order.subarray(0, each), order.subarray(each, 2 * each)];
  const judged: Tensor<'float32'>[] = [];
  const sampled: Matrix[] = [];
  for (const half of [first, second]) {
    const rows: Matrix[] = [];
    for await (const { own } of ownActivations(context, [...half])) {
      rows.push(toRows(own, layer));
      if (half === second && judged.length < JUDGED) judged.push(own);
    }
    const all = stackRows(rows);
    const chosen = createRandom(options.seed).permutation(all.rows).subarray(0, SAMPLE_ROWS);
    sampled.push(takeRows(all, chosen));
  }
  return { samples: [sampled[0], sampled[1]], judged };
}

async function pointOf(context: Context, halves: Halves | undefined, r: number): Promise<StoredPoint | null> {
  const { device, options, intake, layer, classIndex, environment, signal } = context;
  signal?.throwIfAborted();
  if (halves === undefined) return null;
  const { conceptBank, stability } = await rankEvidence(r, halves.samples, {
    gemm: device.gemm,
    seed: options.seed,
    ...(signal && { signal }),
  });
  const head = await createSpecialisedMaskedHead(cutAt(intake, layer).head, layer, conceptBank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  try {
    const rests: RestIndex[] = [];
    const active: number[] = [];
    for (const [image, own] of halves.judged.entries()) {
      signal?.throwIfAborted();
      const found = await judge(head, conceptBank, own, context, options.seed + image);
      rests.push(found.rest);
      active.push(found.active);
    }
    const rest = meanRest(rests, options.seed);
    if (rest === undefined) return null;
    const { mean, low, high } = rest;
    return { layer: layer.tensor, r, rest: { mean, low, high }, active: meanOf(active), stability };
  } finally {
    await head.dispose();
  }
}

async function judge(
  head: MaskedHeadWithRest,
  conceptBank: Matrix,
  own: Tensor<'float32'>,
  { layer }: Context,
  seed: number,
): Promise<{ readonly rest: RestIndex; readonly active: number }> {
  const { coefficients } = await nnls(toRows(own, layer), conceptBank);
  const logit = await head.prepareWithRest(coefficients, own);
  const r = conceptBank.rows;
  return {
    rest: await restIndex(logit, r, { ...MASKS, seed }),
    active: activeIn(await conceptEffects(logit, r)),
  };
}

/** Concepts that each make at least a hundredth of the squared changes of the score when one is taken out. */
function activeIn(effects: readonly number[]): number {
  const squares = effects.map((effect) => effect ** 2);
  const total = squares.reduce((sum, square) => sum + square, 0);
  return squares.filter((square) => total > 0 && square >= ACTIVE * total).length;
}

const meanOf = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
