import { gemmProducts, preciseProducts } from '../../factorization/factor-products.ts';
import { bankSpread, spreadDirections, type SpreadDirections } from '../../factorization/jackknife.ts';
import { derivativeByImages, influenceAlong, type ImageRows } from '../../factorization/nmf-derivative.ts';
import { polishBank, type PolishedBank } from '../../factorization/polish-bank.ts';
import { takeRows, type Matrix } from '../../linalg/matrix.ts';
import type { StoredInfluence } from '../../metrics/evaluation.ts';
import type { Gemm } from '../../platform.ts';
import { createRandom } from '../../random.ts';
import { spreadPlaces } from '../spread-places.ts';
import type { ActivationRows } from '../stages/rows.ts';

/** How much is looked at, by the level of the evaluation. */
export interface MovementPlan {
  /** Rows of activations at most, as many of every image. */
  readonly rows: number;
  /** Groups of neighbouring images at most whose weights are moved; the spread is over them. */
  readonly groups: number;
  /** Refits from bootstrap samples where the derivative does not hold. */
  readonly refits: number;
}

/** How a bank moves from sample to sample of the images. */
export interface BankMovement extends Pick<StoredInfluence, 'status' | 'source' | 'nearDegenerate'> {
  /** The bank at its minimum [r · p]. */
  readonly bank: Float64Array;
  /** Standard error of each concept's direction, and the cosine that goes with it [r]. */
  readonly spread: Float64Array;
  readonly cosine: Float64Array;
  readonly directions: SpreadDirections;
  /** Which group each image is in; an image is a picture with its copies here and below. */
  readonly groupOf: readonly number[];
  readonly groups: number;
  /** How far each image moves each concept along the way on which it moves most, signed [images · r]; absent where unknown. */
  readonly influence?: Float64Array;
}

/** Share of what groups of images do that their images may differ from in sum. */
const MISMATCH = 0.1;

/** Directions that importance is followed along. */
const DIRECTIONS = 3;

interface Setting {
  readonly gemm: Gemm;
  /** See HessianOptions. */
  readonly precision: 'float64' | 'backend';
  readonly isSigned: boolean;
  readonly seed: number;
  /** Of every image which picture it is, where some are copies of one: these weigh together. */
  readonly pictureOf?: readonly number[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (done: number) => void;
}

/**
 * Polishes the bank on an even sample of the rows, and moves it by the weights of the images: by its derivative, or by
 * bootstrap refits from the polished bank on where more than 5 % of the rows may change support, or there is no derivative.
 */
export async function bankMovement(
  { activations, places }: ActivationRows,
  conceptBank: Matrix,
  plan: MovementPlan,
  setting: Setting,
): Promise<BankMovement> {
  const sample = sampledRows(places, plan.rows);
  const pictureOf = (row: number): number => {
    const { image } = places[row];
    return setting.pictureOf?.[image] ?? image;
  };
  let images = 0;
  for (let row = 0; row < places.length; row++) images = Math.max(images, pictureOf(row) + 1);
  const imageOf = sample.map(pictureOf);
  const own = takeRows(activations, sample);
  const rows: ImageRows = { activations: own, imageOf, images };
  const groups = Math.min(images, plan.groups);
  const groupOf = Array.from({ length: images }, (_, image) => Math.floor((image * groups) / images));
  const grouped = { ...rows, imageOf: imageOf.map((image) => groupOf[image]), images: groups };
  const isPrecise = setting.precision === 'float64';
  const products = isPrecise ? preciseProducts(own) : await gemmProducts(own, setting.gemm);
  try {
    const problem = { products, concepts: conceptBank.rows, isSigned: setting.isSigned };
    const { precision, signal } = setting;
    const point = await polishBank(rows.activations, problem, Float64Array.from(conceptBank.data), {
      precision,
      signal,
      maxSteps: 60,
      ...(isPrecise && { tol: 1e-9 }),
    });
    const tol = isPrecise ? 1e-8 : 1e-2;
    const found = await derivativeByImages(grouped, point, {
      precision,
      tol,
      signal,
      onImages: setting.onProgress,
    });
    const { status, nearDegenerate } = found;
    const isDerivative = status === 'solved';
    const moves = isDerivative
      ? found.byImage
      : await refitMoves(grouped, problem, point, plan.refits, setting);
    const count = isDerivative ? groups : plan.refits;
    const { spread, cosine } = bankSpread(moves, count, conceptBank.rows);
    const directions = spreadDirections(moves, count, DIRECTIONS, setting.seed);
    const isKnown = isDerivative || status === 'near-degenerate';
    const along = mainDirections(isKnown ? found.byImage : moves, conceptBank.rows, conceptBank.cols);
    return {
      status,
      nearDegenerate,
      source: isDerivative ? 'jackknife' : 'refits',
      bank: point.bank,
      spread,
      cosine,
      directions,
      groupOf,
      groups: count,
      ...(isKnown && knownInfluence(rows, point, along, found.byImage, groupOf, { precision, tol })),
    };
  } finally {
    await products.dispose();
  }
}

/**
 * What each image does to each concept along a direction. Of groups of images it is taken only if it adds up to what each group
 * does: where parts of a bank are free (not identifiable) it may not, and is left unknown.
 */
function knownInfluence(
  rows: ImageRows,
  point: PolishedBank,
  along: Float64Array,
  byGroup: Float32Array,
  groupOf: readonly number[],
  options: Parameters<typeof influenceAlong>[3],
): Pick<BankMovement, 'influence'> {
  const { cols: p } = rows.activations;
  const r = along.length / p;
  const wanted = Float64Array.from({ length: byGroup.length / p }, (_, at) => {
    let sum = 0;
    for (let j = 0; j < p; j++) sum += byGroup[at * p + j] * along[(at % r) * p + j];
    return sum;
  });
  if (wanted.length === rows.images * r) return { influence: wanted };
  const influence = influenceAlong(rows, point, along, options);
  const rest = wanted.slice();
  influence.forEach((value, at) => (rest[groupOf[Math.floor(at / r)] * r + (at % r)] -= value));
  return Math.hypot(...rest) <= MISMATCH * Math.hypot(...wanted) ? { influence } : {};
}

/** As many rows of every image, evenly spread, in their order. */
function sampledRows(places: ActivationRows['places'], most: number): number[] {
  const byImage = new Map<number, number[]>();
  places.forEach(({ image }, row) => byImage.set(image, [...(byImage.get(image) ?? []), row]));
  const each = Math.max(1, Math.floor(most / byImage.size));
  return [...byImage.keys()]
    .sort((a, b) => a - b)
    .flatMap((image) => {
      const own = byImage.get(image)!;
      return spreadPlaces(own.length, each).map((place) => own[place]);
    });
}

/** What bootstrap samples of the images do to a bank, each over √count, so that squares add up to the variance. */
async function refitMoves(
  rows: ImageRows,
  problem: Parameters<typeof polishBank>[1],
  point: PolishedBank,
  count: number,
  { precision, seed, signal }: Setting,
): Promise<Float32Array> {
  const random = createRandom(seed);
  const size = point.bank.length;
  const moves = new Float32Array(count * size);
  for (let draw = 0; draw < count; draw++) {
    const weights = new Float64Array(rows.images);
    for (let i = 0; i < rows.images; i++) weights[random.integer(rows.images)]++;
    const rowWeights = Float64Array.from(rows.imageOf, (image) => weights[image]);
    const { bank } = await polishBank(rows.activations, { ...problem, rowWeights }, point.bank, {
      precision,
      signal,
      maxSteps: 8,
    });
    moves.set(
      bank.map((value, at) => (value - point.bank[at]) / Math.sqrt(count)),
      draw * size,
    );
  }
  return moves;
}

/** For every concept the unit direction in which it moves most, [r · p]. */
function mainDirections(moves: Float32Array, r: number, p: number): Float64Array {
  const count = moves.length / (r * p);
  const out = new Float64Array(r * p);
  for (let k = 0; k < r; k++) {
    const own = new Float64Array(count * p);
    for (let i = 0; i < count; i++) {
      own.set(moves.subarray((i * r + k) * p, (i * r + k + 1) * p), i * p);
    }
    const { steps } = spreadDirections(own, count, 1);
    const length = Math.sqrt(steps.reduce((sum, value) => sum + value * value, 0));
    if (length > 0)
      out.set(
        steps.map((value) => value / length),
        k * p,
      );
  }
  return out;
}
