import {
  importanceOfImages,
  meanIndices,
  meanIndicesOf,
  type ImageImportance,
} from '../../concepts/importance.ts';
import { toRows } from '../../concepts/latent-rows.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { matchRows } from '../../factorization/match-rows.ts';
import { nnls } from '../../factorization/nnls.ts';
import { matrix, type Matrix } from '../../linalg/matrix.ts';
import { cutAt } from '../model-parts.ts';
import { ownActivations } from '../own-activations.ts';
import { spreadPlaces } from '../spread-places.ts';
import type { Facts, StageWork } from '../stage.ts';
import type { BankMovement } from './bank-movement.ts';

/** Images on which importance is measured again, and the size of their one design. */
const IMAGES = 8;
const SAMPLES = 32;

type Work = Pick<StageWork, 'environment' | 'signal'> &
  Pick<Facts, 'intake' | 'device' | 'layer' | 'images' | 'classIndex'>;

/**
 * Variance that the movement of the concepts adds to the mean importance of each, [r].
 *
 * Importance is measured anew with the bank one standard error along each leading direction of its spread, both ways,
 * with one design for all: half the difference is what that direction does. With what each image says by itself of the
 * importance, its whole derivative by the image's weight is (S_i - S)/n + Σ_m part_im · change_m, and the variance the sum of
 * its squares over groups of images; what the images alone make of it is taken off again.
 *
 * Limits   follows the few leading directions only, on some of the images; changes are those of a step of one standard
 *          error, not infinitesimal ones.
 */
export async function addedVariance(
  work: Work,
  movement: BankMovement,
  importances: readonly ImageImportance[],
  { isSigned, seed }: { readonly isSigned: boolean; readonly seed: number },
): Promise<Float64Array> {
  const { bank, directions, groups, groupOf } = movement;
  const count = directions.parts.length / groups;
  const r = importances[0].replicates[0].length;
  const changes = new Float64Array(count * r);
  const rows = await someRows(work);
  for (let m = 0; m < count; m++) {
    const step = directions.steps.subarray(m * bank.length, (m + 1) * bank.length);
    const ends: Float64Array[] = [];
    for (const sign of [1, -1]) {
      const moved = bank.map((value, at) => {
        const to = value + sign * step[at];
        return isSigned ? to : Math.max(0, to);
      });
      ends.push(await meanImportance(work, matrix(r, bank.length / r, Float32Array.from(moved)), rows, seed));
    }
    for (let k = 0; k < r; k++) changes[m * r + k] = (ends[0][k] - ends[1][k]) / 2;
  }
  return movement.source === 'refits'
    ? variancesOf(changes, count, r)
    : jointVariances(changes, directions.parts, { importances, groupOf, groups, r });
}

/**
 * How far importance lies apart from fit to fit: the factorisation has several minima, and other seeds end in others. Standard
 * deviation of each concept's mean importance over the bank and its refits, each refit's concepts matched to the bank's one to
 * one, all with one design on the same images, [r].
 *
 * Shapes   bank [r, p], refits [r, p] each, of the same rows with other seeds.
 * Limits   some of the images, so that of a concept in few of them it is rough; a handful of refits, whose number is to be
 *          taken into account by whoever makes an interval of it (Student's t).
 */
export async function spreadOfFits(
  work: Work,
  bank: Matrix,
  refits: readonly Matrix[],
  seed: number,
): Promise<Float64Array> {
  const rows = await someRows(work);
  const found = [await meanImportance(work, bank, rows, seed)];
  for (const refit of refits) {
    const own = await meanImportance(work, refit, rows, seed);
    found.push(Float64Array.from(matchRows(bank, refit).partners, (partner) => own[partner]));
  }
  return Float64Array.from({ length: bank.rows }, (_, k) => deviation(found.map((values) => values[k])));
}

/** Standard deviation of a sample. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Activations of the images on which importance is measured again. */
async function someRows(work: Work): Promise<Matrix[]> {
  const rows: Matrix[] = [];
  const chosen = spreadPlaces(work.images.length, IMAGES);
  for await (const { own } of ownActivations(work, chosen)) rows.push(toRows(own, work.layer));
  return rows;
}

/** Refits say nothing of which images go with which movement: as if independent of what the images say by themselves. */
function variancesOf(changes: Float64Array, count: number, r: number): Float64Array {
  const out = new Float64Array(r);
  for (let m = 0; m < count; m++) for (let k = 0; k < r; k++) out[k] += changes[m * r + k] ** 2;
  return out;
}

function jointVariances(
  changes: Float64Array,
  parts: Float64Array,
  {
    importances,
    groupOf,
    groups,
    r,
  }: Pick<BankMovement, 'groupOf' | 'groups'> & {
    readonly importances: readonly ImageImportance[];
    readonly r: number;
  },
): Float64Array {
  const count = parts.length / groups;
  const indices = meanIndicesOf(importances);
  const usable = importances.flatMap(({ status }, at) => (status === 'non-finite' ? [] : [at]));
  const own = new Float64Array(groups * r);
  for (let k = 0; k < r; k++) {
    const mean = usable.reduce((sum, at) => sum + indices[at][k], 0) / usable.length;
    for (const at of usable) own[groupOf[at] * r + k] += (indices[at][k] - mean) / usable.length;
  }
  const out = new Float64Array(r);
  for (let g = 0; g < groups; g++) {
    for (let k = 0; k < r; k++) {
      let whole = own[g * r + k];
      for (let m = 0; m < count; m++) whole += parts[g * count + m] * changes[m * r + k];
      out[k] += whole ** 2 - own[g * r + k] ** 2;
    }
  }
  return out;
}

async function meanImportance(
  { intake, layer, classIndex, device, environment, signal }: Work,
  bank: Matrix,
  rows: readonly Matrix[],
  seed: number,
): Promise<Float64Array> {
  const head = await createSpecialisedMaskedHead(cutAt(intake, layer).head, layer, bank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  try {
    const coefficients: Matrix[] = [];
    for (const own of rows) coefficients.push((await nnls(own, bank, signal ? { signal } : {})).coefficients);
    const images = await importanceOfImages(
      coefficients,
      head,
      { design: 'sobol', samples: SAMPLES, replicates: 1, seed },
      { total: rows.length, ...(signal && { signal }) },
    );
    const usable = images.filter(({ status }) => status !== 'non-finite').map(meanIndices);
    return Float64Array.from(
      { length: bank.rows },
      (_, k) => usable.reduce((sum, indices) => sum + indices[k], 0) / Math.max(1, usable.length),
    );
  } finally {
    await head.dispose();
  }
}
