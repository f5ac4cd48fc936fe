import { channelsOf, positionsOf, toRows } from '../../concepts/latent-rows.ts';
import type { MaskedHeadWithRest } from '../../concepts/masked-head.ts';
import { conceptEffects, meanRest, restIndex, type RestIndex } from '../../concepts/rest-index.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { banksOfBoth } from '../../factorization/rank.ts';
import { codesOf } from '../../factorization/sparse-codes.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { stackRows, takeRows, type Matrix } from '../../linalg/matrix.ts';
import { isContender, leastRestOf, type FrontierPoint } from '../../metrics/frontier.ts';
import { createRandom } from '../../random.ts';
import type { Tensor } from '../../tensor.ts';
import { filesByContent } from '../evaluation/alike-images.ts';
import type { StagePiece } from '../../project/stage-entry.ts';
import { cutAt } from '../model-parts.ts';
import { once } from '../once.ts';
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

/** Where what further images say is kept, beyond the points. */
const FURTHER_PLACES = 4_000_000;

/** Images of each half at most, rows of each, images whose score is taken apart, the first of them alone, and masks of each. */
const IMAGES = 24;
const SAMPLE_ROWS = 1024;
const JUDGED = 8;
const FIRST_JUDGED = 3;
const MASKS = { samples: 24, replicates: 1 } as const;
/** Memory of a half's activations. */
const BYTES = 2 ** 26;

/** From this share of what concepts do to an image's score on a concept counts as active in it. */
const ACTIVE = 0.01;

/** What a comparison asks of a cut. */
export interface FrontierRequest {
  /** Of these the cut gets what it has channels and rows for, or as many as it has. */
  readonly trials: readonly FrontierTrial[];
  /** The least that points of other cuts leave; then points without a chance are judged on the first images alone. */
  readonly leastElsewhere?: number;
}

/**
 * What each of some numbers of concepts would give at the cut, as {@link FrontierPoint}: the images, without copies, fall
 * into two halves, a bank of the first is judged on images of the second, and the banks of both are compared. What the first
 * images say of a number, and what the further ones do, is stored as it is done, and is the same whether or not points are
 * given up.
 */
export const frontierStage = defineStage({
  name: 'frontier',
  inputs: {},
  facts: ['intake', 'device', 'layer', 'classIndex', 'images'],
  version: 3,
  compute: frontierPoints,
});

type Context = StageContext<'frontier', 'intake' | 'device' | 'layer' | 'classIndex' | 'images'>;

/** A trial with what its first images say, and its bank, made when it is needed. */
interface Begun {
  readonly trial: FrontierTrial;
  readonly place: number;
  readonly first: Judged;
  readonly point: FrontierPoint;
  readonly banks: () => Promise<Banks>;
}

async function frontierPoints(
  context: Context,
  { trials, leastElsewhere }: FrontierRequest = { trials: FRONTIER_TRIALS },
): Promise<FrontierPoint[]> {
  const { entry, onProgress } = context;
  const halves = once(() => halvesOf(context));
  const most = mostConcepts(context);
  const fitting = trials.filter(({ r, active }) => r <= (active === undefined ? most : SAMPLE_ROWS / 4));
  const hasUsual = fitting.some(({ active }) => active === undefined);
  const tried = hasUsual ? fitting : [{ r: most }, ...fitting];
  const total = 2 * tried.length;
  let done = 0;
  const tick = (): void => onProgress({ stage: 'frontier', done: done++, total });
  const begun: Begun[] = [];
  for (const trial of tried) {
    tick();
    const place = trial.active === undefined ? trial.r : SPARSE_PLACES + trial.r;
    const banks = once(async () => banksOf(context, await halves(), trial));
    const first = (await entry.get(place, () => judgedPiece(context, halves, banks, 0, FIRST_JUDGED))).value;
    const point = first && pointOf(context, trial, [first]);
    if (first && point) begun.push({ trial, place, first, point, banks });
  }
  const least =
    leastElsewhere === undefined
      ? undefined
      : Math.min(leastElsewhere, leastRestOf(begun.map(({ point }) => point)));
  const points: FrontierPoint[] = [];
  for (const { trial, place, first, point, banks } of begun) {
    tick();
    const further =
      (least === undefined || isContender(point, least)) &&
      (
        await entry.get(FURTHER_PLACES + place, () =>
          judgedPiece(context, halves, banks, FIRST_JUDGED, JUDGED),
        )
      ).value;
    points.push((further && pointOf(context, trial, [first, further])) || point);
  }
  onProgress({ stage: 'frontier', done: total, total });
  return points;
}

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

/** The bank of the first half, and how far that of the second is like it. */
interface Banks {
  readonly conceptBank: CodedBank;
  readonly stability: number;
}

async function banksOf(
  { device, options, signal }: Context,
  halves: Halves | undefined,
  { r, active }: FrontierTrial,
): Promise<Banks> {
  signal?.throwIfAborted();
  const { banks, stability } = await banksOfBoth(r, halves!.samples, {
    gemm: device.gemm,
    seed: options.seed,
    active,
    ...(signal && { signal }),
  });
  return { conceptBank: banks[0], stability };
}

/** What some images say of a trial, as JSON carries it. */
type Judged = {
  readonly stability: number;
  readonly isExact: boolean;
  /** Of each image that anything moves. */
  readonly rests: readonly (readonly number[])[];
  /** Concepts active in each image. */
  readonly active: readonly number[];
};

/** Of the images from `start` to `end`, as a piece to store; null where there are none. */
async function judgedPiece(
  context: Context,
  halves: () => Promise<Halves | undefined>,
  banks: () => Promise<Banks>,
  start: number,
  end: number,
): Promise<StagePiece<Judged | null>> {
  const { device, options, intake, layer, classIndex, environment, signal } = context;
  const judged = (await halves())?.judged.slice(start, end) ?? [];
  if (judged.length === 0) return { tensors: new Map(), value: null };
  const { conceptBank, stability } = await banks();
  const head = await createSpecialisedMaskedHead(cutAt(intake, layer).head, layer, conceptBank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  const found: { readonly rest: RestIndex; readonly active: number }[] = [];
  try {
    for (const [at, own] of judged.entries()) {
      signal?.throwIfAborted();
      found.push(await judge(head, conceptBank, own, context, options.seed + start + at));
    }
  } finally {
    await head.dispose();
  }
  const usable = found.filter(({ rest }) => rest.status === 'ok');
  const value = {
    stability,
    isExact: usable.every(({ rest }) => rest.method === 'exact'),
    rests: usable.map(({ rest }) => [...rest.replicates]),
    active: found.map(({ active }) => active),
  };
  return { tensors: new Map(), value };
}

/** Undefined where nothing moves the score in any of the images. */
function pointOf(
  { layer, options }: Context,
  { r, active }: FrontierTrial,
  parts: readonly Judged[],
): FrontierPoint | undefined {
  const rests = parts.flatMap(({ isExact, rests }) =>
    rests.map((replicates): RestIndex => ({
      replicates,
      status: 'ok',
      method: isExact ? 'exact' : 'sampled',
    })),
  );
  const rest = meanRest(rests, options.seed);
  if (rest === undefined) return undefined;
  const { mean, low, high } = rest;
  const { stability } = parts[0];
  return {
    layer: layer.tensor,
    r,
    bank: active === undefined ? 'usual' : 'sparse',
    rest: { mean, low, high },
    active: meanOf(parts.flatMap((part) => part.active)),
    stability,
  };
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
