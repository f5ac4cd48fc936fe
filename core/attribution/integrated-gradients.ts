import type { Tensor } from '../tensor.ts';
import { likeTensor, overChannels, type DifferentiableTargets, type TargetMaps } from './targets.ts';

/** Options of {@link integratedGradients}. */
export interface IntegratedGradientsOptions {
  /** Points on the way from the baseline to the picture. @default 32 */
  readonly steps?: number;
  /** Where the way begins, laid out as the picture. @default 0, the mean colour after normalisation */
  readonly baseline?: Float32Array;
}

/** Maps, and how well their sums account for the targets. */
export interface IntegratedGradients {
  readonly maps: TargetMaps;
  /** Per target: sum of the map less (value - value at the baseline), 0 for an exact integral. */
  readonly gaps: Float64Array;
}

/**
 * Integrated gradients: the picture's difference from a baseline times the mean gradient along the straight path
 * between them, summed over channels. Signed; each map sums to what the target gains over the baseline.
 *
 * Source  Sundararajan, Taly & Yan 2017, eq. 1; midpoint rule, exact to second order in the step.
 */
export async function integratedGradients(
  targets: DifferentiableTargets,
  x: Tensor<'float32'>,
  { steps = 32, baseline = new Float32Array(x.data.length) }: IntegratedGradientsOptions = {},
): Promise<IntegratedGradients> {
  const size = x.data.length;
  const path = x.data.map((value, i) => value - baseline[i]);
  const sums = new Float64Array(targets.count * size);
  for (let step = 0; step < steps; step++) {
    const share = (step + 0.5) / steps;
    const { gradients } = await targets.gradients(
      likeTensor(
        x,
        baseline.map((value, i) => value + share * path[i]),
      ),
    );
    for (let i = 0; i < sums.length; i++) sums[i] += gradients[i];
  }
  const shares = sums.map((sum, i) => (sum / steps) * path[i % size]);
  const [high, low] = [await targets.values(x), await targets.values(likeTensor(x, baseline))];
  const gaps = Float64Array.from({ length: targets.count }, (_, target) => {
    let sum = 0;
    for (let i = target * size; i < (target + 1) * size; i++) sum += shares[i];
    return sum - (high[target] - low[target]);
  });
  return { maps: overChannels(shares, targets, (sum, value) => sum + value), gaps };
}
