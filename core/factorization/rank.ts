import { TesseraError } from '../errors.ts';
import { takeRows, type Matrix } from '../linalg/matrix.ts';
import { squaredResidual } from '../linalg/norms.ts';
import type { Gemm } from '../platform.ts';
import { createRandom } from '../random.ts';
import { factorise, mostConcepts } from './factorise.ts';
import { scanActivations } from './factorization.ts';
import { matchRows } from './match-rows.ts';
import { codesOf } from './sparse-codes.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';

export interface RankOptions {
  /** Numbers of concepts to try, each 1 … min(rows of a sample, p). */
  readonly candidates: readonly number[];
  readonly gemm: Gemm;
  /** Sparse dictionaries, with so many concepts a row at most. @default any number a row */
  readonly active?: number | undefined;
  /** @default 0 */
  readonly seed?: number;
  /** Rows of each of the two samples that are factorised. @default 2048 */
  readonly sampleRows?: number;
  readonly signal?: AbortSignal;
}

/** What one number of concepts achieves, on rows that its bank has not seen. */
export interface RankEvidence {
  readonly r: number;
  /** 1 - ‖A - UW‖² / ‖A - mean(A)‖² on held-out rows, mean over the two samples. */
  readonly r2: number;
  /** ‖A - UW‖ / ‖A‖ on held-out rows. */
  readonly relativeError: number;
  /** Mean cosine between matched concepts of two banks made from disjoint rows, 0…1. */
  readonly stability: number;
}

/** Concepts this much less alike than the best candidate's (mean cosine) count as unstable. */
const STABILITY_SLACK = 0.1;

/**
 * Chooses the number of concepts by evidence.
 *
 * Two disjoint random samples of rows are factorised for every candidate r. Each bank is judged on the other's rows
 * (coefficients by exact NNLS), and the two banks are compared concept by concept (Hungarian matching of cosines).
 * Rule: among candidates whose stability is within 0.1 of the best, the one farthest above the chord of the R²
 * curve, that is, after which further concepts buy least (the "kneedle" of Satopaa et al. 2011); the smaller on ties.
 *
 * Throws TesseraError 'bad-usage' when no candidate fits the data. Same seed, same choice.
 */
export async function chooseRank(
  activations: Matrix,
  options: RankOptions,
): Promise<{ readonly chosen: number; readonly curve: readonly RankEvidence[] }> {
  const { candidates, signal } = options;
  const halves = disjointSamples(activations, options);
  const [{ rows: size, cols }] = halves;
  const most = mostConcepts(halves[0], options.active);
  const tried = [...new Set(candidates)].filter((r) => r >= 1 && r <= most).sort((a, b) => a - b);
  if (tried.length === 0) {
    throw new TesseraError(
      'bad-usage',
      `chooseRank: no candidate in [${candidates.join(', ')}] is from 1 to ${most}, the most that two samples of ${size} rows and ${cols} channels allow`,
      { hint: 'Give the number of concepts, or more images.' },
    );
  }
  const curve: RankEvidence[] = [];
  for (const r of tried) {
    signal?.throwIfAborted();
    const { r2, relativeError, stability } = await rankEvidence(r, halves, options);
    curve.push({ r, r2, relativeError, stability });
  }
  return { chosen: chooseFrom(curve), curve };
}

/** Two disjoint random samples of rows of one size, at most `sampleRows` each. */
export function disjointSamples(
  activations: Matrix,
  { seed = 0, sampleRows = 2048 }: Pick<RankOptions, 'seed' | 'sampleRows'>,
): [Matrix, Matrix] {
  const size = Math.min(sampleRows, Math.floor(activations.rows / 2));
  const order = createRandom(seed).permutation(activations.rows);
  return [
    takeRows(activations, order.subarray(0, size)),
    takeRows(activations, order.subarray(size, 2 * size)),
  ];
}

/** {@link RankEvidence} for one r, with the bank of the first sample and how well each of its concepts is found again. */
export async function rankEvidence(
  r: number,
  samples: readonly [Matrix, Matrix],
  options: Omit<RankOptions, 'candidates'>,
): Promise<RankEvidence & { readonly conceptBank: CodedBank; readonly similarities: Float64Array }> {
  const { banks, similarities, stability } = await banksOfBoth(r, samples, options);
  const crossed = [await fitOf(samples[1], banks[0], options), await fitOf(samples[0], banks[1], options)];
  return {
    r,
    r2: (crossed[0].r2 + crossed[1].r2) / 2,
    relativeError: (crossed[0].relativeError + crossed[1].relativeError) / 2,
    stability,
    conceptBank: banks[0],
    similarities,
  };
}

/** Banks of r concepts of two samples, the likeness of each matched pair, and their mean, `stability` of {@link RankEvidence}. */
export async function banksOfBoth(
  r: number,
  samples: readonly [Matrix, Matrix],
  options: Omit<RankOptions, 'candidates'>,
): Promise<{
  readonly banks: readonly [CodedBank, CodedBank];
  readonly similarities: Float64Array;
  readonly stability: number;
}> {
  const banks = [await bankOf(samples[0], r, options), await bankOf(samples[1], r, options)] as const;
  const { similarities } = matchRows(banks[0], banks[1]);
  const stability = similarities.reduce((sum, value) => sum + Math.max(value, 0), 0) / r;
  return { banks, similarities, stability };
}

async function bankOf(
  sample: Matrix,
  nComponents: number,
  { gemm, seed = 0, active, signal }: Omit<RankOptions, 'candidates'>,
): Promise<CodedBank> {
  const asked = { nComponents, gemm, seed, active, ...(signal ? { signal } : {}) };
  return (await factorise(sample, asked)).conceptBank;
}

async function fitOf(rows: Matrix, bank: CodedBank, { gemm, signal }: Omit<RankOptions, 'candidates'>) {
  const { coefficients } = await codesOf(rows, bank, { gemm, ...(signal ? { signal } : {}) });
  const error = squaredResidual(rows, coefficients, bank);
  const { squaredNorm } = scanActivations('chooseRank', rows, { nonNegative: false });
  const variance = centredSquaredNorm(rows);
  return {
    r2: variance > 0 ? 1 - error / variance : 1,
    relativeError: squaredNorm > 0 ? Math.sqrt(error / squaredNorm) : 0,
  };
}

/** ‖A - mean(A)‖², the mean taken channel by channel. */
function centredSquaredNorm({ rows, cols, data }: Matrix): number {
  const means = new Float64Array(cols);
  for (let k = 0; k < data.length; k++) means[k % cols] += data[k] / rows;
  let sum = 0;
  for (let k = 0; k < data.length; k++) sum += (data[k] - means[k % cols]) ** 2;
  return sum;
}

/** The rule of {@link chooseRank}; `curve` is sorted by r and not empty. */
export function chooseFrom(curve: readonly RankEvidence[]): number {
  const bestStability = Math.max(...curve.map(({ stability }) => stability));
  const first = curve[0];
  const last = curve[curve.length - 1];
  const slope = last.r > first.r ? (last.r2 - first.r2) / (last.r - first.r) : 0;
  let chosen = first.r;
  let highest = -Infinity;
  for (const { r, r2, stability } of curve) {
    if (stability < bestStability - STABILITY_SLACK) continue;
    const height = r2 - first.r2 - slope * (r - first.r);
    if (height > highest) {
      highest = height;
      chosen = r;
    }
  }
  return chosen;
}
