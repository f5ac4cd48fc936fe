import type { TotalIndices } from './replicated-outputs.ts';

/**
 * Exact total indices of y = b + sum_c g_c m_c for independent masks m_c of equal variance (uniform on [0, 1], say):
 * S_c = g_c^2 / sum g^2. There are no interactions, so that first-order and total indices agree and sum to 1.
 *
 * `gains` [r] are the slopes g_c. All zero gives zeros with status `constant-output`; a NaN or infinite gain gives
 * NaN with status `non-finite`.
 */
export function linearExact(gains: ArrayLike<number>): TotalIndices {
  const slopes = Float64Array.from(gains);
  if (!slopes.every(Number.isFinite)) return { indices: slopes.fill(NaN), status: 'non-finite' };
  const largest = slopes.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
  if (largest === 0) return { indices: slopes.fill(0), status: 'constant-output' };
  // Scaled by the largest, so that squares neither overflow nor vanish.
  const shares = slopes.map((slope) => (slope / largest) ** 2);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return { indices: shares.map((share) => share / total), status: 'ok' };
}
