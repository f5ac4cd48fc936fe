import { BugError, TesseraError } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { createRandom } from '../random.ts';
import { replicatedDesign, type DesignKind } from '../sampling/replicated-design.ts';
import { glen } from './glen.ts';
import { homma } from './homma.ts';
import { janon } from './janon.ts';
import { jansen } from './jansen.ts';
import type { Convention, Estimator, TotalIndices } from './replicated-outputs.ts';
import { saltelli } from './saltelli.ts';

export type EstimatorName = 'jansen' | 'homma' | 'janon' | 'glen' | 'saltelli';

/**
 * The estimators by their names.
 *
 * @internal Tests compare with it.
 */
export const ESTIMATORS: Readonly<Record<EstimatorName, Estimator>> = {
  jansen,
  homma,
  janon,
  glen,
  saltelli,
};

export interface TotalIndexOptions {
  /** @default 'sobol' */
  readonly design?: DesignKind;
  /** @default true */
  readonly scrambled?: boolean;
  /** Base sample size N of a replicate. @default 128 */
  readonly samples?: number;
  /**
   * Independently randomised designs. Four is the least number whose scatter still gives a usable interval for one
   * image (Student's factor is 3.2 with four, 12.7 with two). @default 4
   */
  readonly replicates?: number;
  /** @default 'jansen' */
  readonly estimator?: EstimatorName;
  /** @default 'consistent' */
  readonly convention?: Convention;
  /** Give every image its own seed: the interval of a class mean relies on independent designs. @default 0 */
  readonly seed?: number;
}

export interface SampledTotalIndex {
  /** Total indices [r] of each replicate; their mean is the estimate. */
  readonly replicates: readonly Float64Array[];
  /** Rows of masks handed to `evaluate`: replicates · (r + 2) · N. */
  readonly evaluations: number;
  /** `non-finite` if any replicate is; `constant-output` if all are. */
  readonly status: TotalIndices['status'];
}

/**
 * Sampled total indices of `nConcepts` masks on one scalar output, one set a replicate.
 *
 * `evaluate` gets one replicate's masks [(r + 2) N, r] at a time and returns the output for each row; an abort is its
 * rejection. The seed alone decides the designs.
 *
 * Throws  TesseraError 'bad-usage' when several replicates of an unscrambled design are asked for (they would be
 *         equal) or the design is impossible; BugError when `evaluate` returns another number of values.
 */
export async function totalIndex(
  evaluate: (masks: Matrix) => Promise<Float64Array>,
  nConcepts: number,
  options: TotalIndexOptions = {},
): Promise<SampledTotalIndex> {
  const { replicates = 4, estimator = 'jansen', convention = 'consistent', seed = 0 } = options;
  const { design: kind = 'sobol', scrambled = true, samples = 128 } = options;
  checkReplicates(replicates, scrambled);
  const seeds = createRandom(seed);
  const estimates: TotalIndices[] = [];
  let evaluations = 0;
  for (let replicate = 0; replicate < replicates; replicate++) {
    const masks = replicatedDesign({ kind, scrambled, nConcepts, samples, seed: seeds.integer(2 ** 32) });
    const outputs = await evaluate(masks);
    if (outputs.length !== masks.rows) {
      throw new BugError(`totalIndex: ${masks.rows} rows of masks gave ${outputs.length} outputs`);
    }
    evaluations += masks.rows;
    estimates.push(ESTIMATORS[estimator](outputs, nConcepts, { convention }));
  }
  return { replicates: estimates.map(({ indices }) => indices), evaluations, status: worst(estimates) };
}

function worst(estimates: readonly TotalIndices[]): TotalIndices['status'] {
  if (estimates.some(({ status }) => status === 'non-finite')) return 'non-finite';
  return estimates.every(({ status }) => status === 'constant-output') ? 'constant-output' : 'ok';
}

function checkReplicates(replicates: number, scrambled: boolean): void {
  if (!Number.isInteger(replicates) || replicates < 1) {
    throw new TesseraError(
      'bad-usage',
      `totalIndex: replicates must be a whole number of at least 1, got ${replicates}.`,
    );
  }
  if (replicates > 1 && !scrambled) {
    throw new TesseraError(
      'bad-usage',
      `totalIndex: ${replicates} replicates of an unscrambled design would all be equal.`,
      { hint: 'Ask for 1 replicate, or for a scrambled design.' },
    );
  }
}
