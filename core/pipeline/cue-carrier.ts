import { fromRows, positionsOf, toRows } from '../concepts/latent-rows.ts';
import { codesOf } from '../factorization/sparse-codes.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { matrixColumn } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import type { Tensor } from '../tensor.ts';
import { cutAt, runnerFor } from './model-parts.ts';
import type { Facts, StageWork } from './stage.ts';

/** Through which concepts a cue moves the score. */
export interface CarriedCue {
  /** Mean change of the score by the cue. */
  readonly change: number;
  /** What of it is undone when a concept alone is put back to what it was, [r]. */
  readonly carried: readonly number[];
  /** How much of each concept there is without the cue, summed over places: [pictures][r]. */
  readonly amounts: readonly (readonly number[])[];
  /** Of a mark: pictures of the class that bear it. */
  readonly bearers?: number;
}

/** Finds which concepts carry a cue. */
export interface CueCarrier {
  /** Shapes   two batches [n, …] of the same pictures, without the cue and with it. */
  carriedBy(without: Tensor<'float32'>, withCue: Tensor<'float32'>): Promise<CarriedCue>;
  dispose(): Promise<void>;
}

/** Opens the model at the cut; sessions open when first needed. */
export function openCueCarrier(
  context: Pick<StageWork, 'environment'> & Pick<Facts, 'device' | 'intake' | 'layer' | 'classIndex'>,
  conceptBank: CodedBank,
): CueCarrier {
  const { intake, layer, classIndex } = context;
  const parts = cutAt(intake, layer);
  const latent = runnerFor(context, parts.latent);
  const head = runnerFor(context, parts.head);
  const scores = async (rows: Matrix): Promise<Float32Array> =>
    matrixColumn(tensorMatrix(await head.run(fromRows(rows, layer))), classIndex);
  const codes = async (input: Tensor<'float32'>) => {
    const rows = toRows(await latent.run(input), layer);
    return { rows, amounts: (await codesOf(rows, conceptBank)).coefficients };
  };
  return {
    async carriedBy(without, withCue) {
      const [before, after] = [await codes(without), await codes(withCue)];
      const [low, high] = [await scores(before.rows), await scores(after.rows)];
      const carried: number[] = [];
      for (let concept = 0; concept < conceptBank.rows; concept++) {
        const back = await scores(withAmountsOf(after, before.amounts, conceptBank, concept));
        carried.push(meanDifference(high, back));
      }
      return {
        change: meanDifference(high, low),
        carried,
        amounts: totals(before.amounts, positionsOf(layer)),
      };
    },
    async dispose() {
      await latent.dispose();
      await head.dispose();
    },
  };
}

/** Activations with the amounts of one concept as they are elsewhere: A + (U' - U)_c W_c. */
function withAmountsOf(
  { rows, amounts }: { readonly rows: Matrix; readonly amounts: Matrix },
  others: Matrix,
  { data: directions, cols: channels }: Matrix,
  concept: number,
): Matrix {
  const out = matrix(rows.rows, channels, rows.data.slice());
  for (let row = 0; row < rows.rows; row++) {
    const at = row * amounts.cols + concept;
    const change = others.data[at] - amounts.data[at];
    if (change === 0) continue;
    for (let channel = 0; channel < channels; channel++)
      out.data[row * channels + channel] += change * directions[concept * channels + channel];
  }
  return out;
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value - b[i], 0) / a.length;
}

/** Amounts summed over the positions of each picture, [n][r]. */
export function totals({ rows, cols, data }: Matrix, positions: number): number[][] {
  return Array.from({ length: rows / positions }, (_, picture) => {
    const sums = new Array<number>(cols).fill(0);
    for (let i = picture * positions * cols; i < (picture + 1) * positions * cols; i++)
      sums[i % cols] += data[i];
    return sums;
  });
}
