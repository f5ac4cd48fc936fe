import { takeRows, type Matrix } from '../linalg/matrix.ts';
import { createRandom } from '../random.ts';
import { replicatedDesign } from '../sampling/replicated-design.ts';
import { jansen } from './jansen.ts';
import type { TotalIndexOptions } from './total-index.ts';
import type { TotalIndices } from './replicated-outputs.ts';

/** Total index of one mask alone, one value a replicate. */
export interface LastTotalIndex {
  readonly replicates: readonly number[];
  /** As of SampledTotalIndex. */
  readonly status: TotalIndices['status'];
}

/**
 * Sampled total index of the last of several masks on one scalar output: 2 N evaluations a replicate instead of the
 * (r + 2) N of all masks. One less it is what the other masks together explain of the output's variance without it.
 *
 * `evaluate` gets one replicate's masks [2 N, nMasks]: block A, then A with its last column from B (see replicatedDesign).
 * Deterministic for the seed. Throws as totalIndex.
 *
 * Source  Jansen 1999 (estimator); Sobol' 1993 (closed index of a group of inputs).
 */
export async function lastTotalIndex(
  evaluate: (masks: Matrix) => Promise<Float64Array>,
  nMasks: number,
  {
    design = 'sobol',
    samples = 128,
    replicates = 4,
    seed = 0,
  }: Pick<TotalIndexOptions, 'design' | 'samples' | 'replicates' | 'seed'> = {},
): Promise<LastTotalIndex> {
  const seeds = createRandom(seed);
  const found: TotalIndices[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const whole = replicatedDesign({
      kind: design,
      nConcepts: nMasks,
      samples,
      seed: seeds.integer(2 ** 32),
    });
    const last = (nMasks + 1) * samples;
    const rows = Array.from({ length: 2 * samples }, (_, row) =>
      row < samples ? row : last + row - samples,
    );
    const outputs = await evaluate(takeRows(whole, rows));
    // The estimator skips block B.
    const a = outputs.subarray(0, samples);
    found.push(jansen(Float64Array.from([...a, ...a, ...outputs.subarray(samples)]), 1));
  }
  const isBroken = found.some(({ status }) => status === 'non-finite');
  const isStill = found.every(({ status }) => status === 'constant-output');
  return {
    replicates: found.map(({ indices }) => indices[0]),
    status: isBroken ? 'non-finite' : isStill ? 'constant-output' : 'ok',
  };
}
