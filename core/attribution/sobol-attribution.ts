import { replicatedDesign } from '../sampling/replicated-design.ts';
import { jansen } from '../sensitivity/jansen.ts';
import type { Tensor } from '../tensor.ts';
import { maskedValues } from './masked-pictures.ts';
import { pixelsOf, type TargetMaps, type Targets } from './targets.ts';
import { upsampleMap } from './upsampled-coefficients.ts';

/** Cells a side and size of the design unless said. */
export const SOBOL_DESIGN = { cells: 7, samples: 16 };

/** Options of {@link sobolAttribution}. */
export interface SobolAttributionOptions {
  /** Cells a side of the grid of masked regions. @default 7 */
  readonly cells?: number;
  /** Size N of the design; N · (cells² + 2) pictures are evaluated. @default 16 */
  readonly samples?: number;
  /** What hidden pixels become, laid out as the picture. @default 0, the mean colour after normalisation */
  readonly baseline?: Float32Array;
  /** @default 0 */
  readonly seed?: number;
}

/**
 * Sobol attribution: the total index of each cell of a grid, the share of the target's variance under random
 * dimming of all cells that involves this one, alone or with others. Not negative; needs values alone.
 *
 * Source  Fel et al. 2021, "Look at the Variance!", section 3; Jansen's estimator.
 */
export async function sobolAttribution(
  targets: Targets,
  x: Tensor<'float32'>,
  {
    cells = SOBOL_DESIGN.cells,
    samples = SOBOL_DESIGN.samples,
    baseline,
    seed = 0,
  }: SobolAttributionOptions = {},
): Promise<TargetMaps> {
  const size = pixelsOf(targets);
  const nCells = cells * cells;
  const design = replicatedDesign({ kind: 'sobol', nConcepts: nCells, samples, seed });
  const maskAt = (row: number) =>
    upsampleMap(design.data.subarray(row * nCells, (row + 1) * nCells), [cells, cells], size);
  const values = await maskedValues(targets, x, design.rows, maskAt, baseline);
  return Array.from({ length: targets.count }, (_, target) => {
    const outputs = Float64Array.from(
      { length: design.rows },
      (_, row) => values[row * targets.count + target],
    );
    const { indices } = jansen(outputs, nCells);
    return upsampleMap(Float32Array.from(indices, finiteOrZero), [cells, cells], size);
  });
}

/** A target that never moves has no variance to share out. */
function finiteOrZero(index: number): number {
  return Number.isFinite(index) ? index : 0;
}
