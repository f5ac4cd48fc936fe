import { emptyPicture } from '../attribution/empty-picture.ts';
import { maskedValues } from '../attribution/masked-pictures.ts';
import type { ValueMethod } from '../attribution/methods.ts';
import {
  dropMaps,
  squareDrops,
  squareMask,
  squareMeans,
  squaresOver,
  type Squares,
} from '../attribution/occlusion.ts';
import { RISE_MASKS, rise } from '../attribution/rise.ts';
import { SOBOL_DESIGN, sobolAttribution } from '../attribution/sobol-attribution.ts';
import { pixelsOf, type Targets } from '../attribution/targets.ts';
import type { Box } from '../concepts/explanation.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import { answerIn, columnsOf, isUndecided, valueOf } from '../score/decision.ts';
import type { Answer } from '../score/model-scores.ts';
import type { Score } from '../score/score.ts';
import { argMax } from '../score/softmax.ts';
import type { Tensor } from '../tensor.ts';

/** Where a score comes from in one picture. */
export interface DrawnMap {
  /** The number that is explained, and what the model says. */
  readonly value: number;
  readonly answer: Answer;
  /** [height · width] of the model's input: high where hiding lowers the number. */
  readonly map: Float32Array;
  readonly size: readonly [height: number, width: number];
  readonly covered: CoveredSquare;
}

/** The most important square, and what is left of the answer once it is covered. */
export interface CoveredSquare {
  /** In pixels of the model's input. */
  readonly box: Box;
  readonly value: number;
  readonly answer: Answer;
  /** Absent where the model decides nothing: of a number or a likeness without a threshold. */
  readonly isDecidedOtherwise?: boolean;
}

/** Asks the model for the raw scores of pictures [n, …]. */
export type AskRaw = (batch: Tensor<'float32'>) => Promise<Float32Array[]>;

/** The map of a score in a picture [1, …]; undefined where a score is not a finite number. */
export async function drawScoreMap(
  preprocessing: Preprocessing,
  score: Score,
  { method, seed }: { readonly method: ValueMethod; readonly seed: number },
  x: Tensor<'float32'>,
  ask: AskRaw,
): Promise<DrawnMap | undefined> {
  const targets: Targets = {
    count: 1,
    dims: x.dims,
    channelAxis: preprocessing.layout === 'NCHW' ? 1 : 3,
    values: async (batch) => Float64Array.from(await ask(batch), (raw) => valueOf(score, raw)),
  };
  const size = pixelsOf(targets);
  const baseline = emptyPicture(x, targets, preprocessing);
  const squares = squaresOver(size);
  const [whole] = await ask(x);
  const { map, weights } = await DRAW[method](targets, x, { baseline, seed, squares });
  const most = argMax(weights);
  const [rest] = await rawOf(targets, x, squareMask(squares, most, size), baseline, ask);
  if (![valueOf(score, whole), valueOf(score, rest), ...map].every(Number.isFinite)) return undefined;
  const [top, left] = squares.corners[most];
  const before = answerIn(score, columnsOf(score, whole));
  const after = answerIn(score, columnsOf(score, rest));
  return {
    value: valueOf(score, whole),
    answer: before,
    map,
    size,
    covered: {
      box: [left, top, squares.side, squares.side],
      value: valueOf(score, rest),
      answer: after,
      ...(!isUndecided(score) && { isDecidedOtherwise: before.index !== after.index }),
    },
  };
}

/** Raw scores of a picture under one mask. */
async function rawOf(
  targets: Targets,
  x: Tensor<'float32'>,
  mask: Float32Array,
  baseline: Float32Array,
  ask: AskRaw,
): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  const values = async (batch: Tensor<'float32'>): Promise<Float64Array> => {
    found.push(...(await ask(batch)));
    return new Float64Array(1);
  };
  await maskedValues({ ...targets, values }, x, 1, () => mask, baseline);
  return found;
}

interface DrawOptions {
  readonly baseline: Float32Array;
  readonly seed: number;
  readonly squares: Squares;
}

/** A map, and how much each square matters by it. */
interface DrawnScore {
  readonly map: Float32Array;
  readonly weights: Float64Array;
}

type Draw = (targets: Targets, x: Tensor<'float32'>, options: DrawOptions) => Promise<DrawnScore>;

const withMeans = ([map]: readonly Float32Array[], squares: Squares, targets: Targets): DrawnScore => ({
  map,
  weights: squareMeans(squares, map, pixelsOf(targets)[1]),
});

const DRAW: { readonly [Method in ValueMethod]: Draw } = {
  occlusion: async (targets, x, { squares, baseline }) => {
    const weights = await squareDrops(targets, x, squares, baseline);
    return { map: dropMaps(weights, squares, pixelsOf(targets))[0], weights };
  },
  rise: async (targets, x, { squares, ...options }) =>
    withMeans(await rise(targets, x, options), squares, targets),
  'sobol-attribution': async (targets, x, { squares, ...options }) =>
    withMeans(await sobolAttribution(targets, x, options), squares, targets),
};

/** Copies of a picture that a method asks the model about. */
export function copiesOf(method: ValueMethod, size: readonly [height: number, width: number]): number {
  const { cells, samples } = SOBOL_DESIGN;
  const own = {
    occlusion: squaresOver(size).corners.length,
    rise: RISE_MASKS,
    'sobol-attribution': samples * (cells ** 2 + 2),
  };
  return own[method];
}

/** Passes of a picture through the model: of the copies, of the picture itself, and with its most important square covered. */
export function passesOf(method: ValueMethod, size: readonly [height: number, width: number]): number {
  return copiesOf(method, size) + (method === 'occlusion' ? 3 : 2);
}
