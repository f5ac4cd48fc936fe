import { channelsOf, positionsOf, toRows } from '../../concepts/latent-rows.ts';
import type { MaskedHeadWithRest } from '../../concepts/masked-head.ts';
import { conceptEffects, meanRest, restIndex, type RestIndex } from '../../concepts/rest-index.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { rankEvidence } from '../../factorization/rank.ts';
import { codesOf } from '../../factorization/sparse-codes.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { stackRows, takeRows, type Matrix } from '../../linalg/matrix.ts';
import type { FrontierPoint } from '../../metrics/frontier.ts';
import { createRandom } from '../../random.ts';
import type { Tensor } from '../../tensor.ts';
import { filesByContent } from '../evaluation/alike-images.ts';
import { cutAt } from '../model-parts.ts';
import { ownActivations } from '../own-activations.ts';
import { defineStage, type StageContext } from '../stage.ts';

/** So many concepts, and of sparse ones how many a place has at most. */
interface FrontierTrial {
  readonly r: number;
  readonly active?: number;
}

/** What is tried wherever there is room for it. */
export const FRONTIER_TRIALS: readonly FrontierTrial[] = [
  { r: 5 },
  { r: 10 },
  { r: 15 },
  { r: 25 },
  { r: 32, active: 5 },
  { r: 64, active: 5 },
];
/** Where the points of sparse concepts are kept, beyond those of any number of usual ones. */
const SPARSE_PLACES = 2_000_000;

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
 * What each of some numbers of concepts would give at the cut, as {@link FrontierPoint}: the images, without copies, fall
 * into two halves, a bank of the first is judged on images of the second, and the banks of both are compared. Every number is
 * stored as it is done. The request says what is tried; of that the cut gets what it has channels and rows for, or as many as
 * it has.
 */
export const frontierStage = defineStage({
  name: 'frontier',
  inputs: {},
  facts: ['intake', 'device', 'layer', 'classIndex', 'images'],
  version: 2,
  compute: frontierPoints,
});

type Context = StageContext<'frontier', 'intake' | 'device' | 'layer' | 'classIndex' | 'images'>;

async function frontierPoints(
  context: Context,
  trials: readonly FrontierTrial[] = FRONTIER_TRIALS,
): Promise<FrontierPoint[]> {
  const { entry, onProgress } = context;
  const points: FrontierPoint[] = [];
  let halves: Halves | undefined;
  const most = mostConcepts(context);
  const fitting = trials.filter(({ r, active }) => r <= (active === undefined ? most : SAMPLE_ROWS / 4));
  const hasUsual = fitting.some(({ active }) => active === undefined);
  const tried = hasUsual ? fitting : [{ r: most }, ...fitting];
  for (const [done, trial] of tried.entries()) {
    onProgress({ stage: 'frontier', done, total: tried.length });
    const place = trial.active === undefined ? trial.r : SPARSE_PLACES + trial.r;
    const { value } = await entry.get(place, async () => {
      halves ??= await halvesOf(context);
      return { tensors: new Map(), value: await pointOf(context, halves, trial) };
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
  return Math.max(
    1,
    Math.min(IMAGES, Math.floor(filesByContent(images).length / 2), Math.floor(BYTES / bytes)),
  );
}

function mostConcepts(context: Context): number {
  const rows = halfSize(context) * positionsOf(context.layer);
  return Math.max(1, Math.min(channelsOf(context.layer), Math.min(SAMPLE_ROWS, rows)));
}

async function halvesOf(context: Context): Promise<Halves | undefined> {
  const { images, layer, options } = context;
  const distinct = filesByContent(images).map(([first]) => first);
  if (distinct.length < 2) return undefined;
  const each = halfSize(context);
  const order = createRandom(options.seed)
    .permutation(distinct.length)
    .map((place) => distinct[place]);
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

async function pointOf(
  context: Context,
  halves: Halves | undefined,
  { r, active }: FrontierTrial,
): Promise<StoredPoint | null> {
  const { device, options, intake, layer, classIndex, environment, signal } = context;
  signal?.throwIfAborted();
  if (halves === undefined) return null;
  const { conceptBank, stability } = await rankEvidence(r, halves.samples, {
    gemm: device.gemm,
    seed: options.seed,
    active,
    ...(signal && { signal }),
  });
  const head = await createSpecialisedMaskedHead(cutAt(intake, layer).head, layer, conceptBank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  try {
    const rests: RestIndex[] = [];
    const counts: number[] = [];
    for (const [image, own] of halves.judged.entries()) {
      signal?.throwIfAborted();
      const found = await judge(head, conceptBank, own, context, options.seed + image);
      rests.push(found.rest);
      counts.push(found.active);
    }
    const rest = meanRest(rests, options.seed);
    if (rest === undefined) return null;
    const { mean, low, high } = rest;
    const bank = active === undefined ? 'usual' : 'sparse';
    return { layer: layer.tensor, r, bank, rest: { mean, low, high }, active: meanOf(counts), stability };
  } finally {
    await head.dispose();
  }
}

async function judge(
  head: MaskedHeadWithRest,
  conceptBank: CodedBank,
  own: Tensor<'float32'>,
  { layer }: Context,
  seed: number,
): Promise<{ readonly rest: RestIndex; readonly active: number }> {
  const { coefficients } = await codesOf(toRows(own, layer), conceptBank);
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
