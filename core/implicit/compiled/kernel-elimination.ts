import type { Elimination } from '../linear-solve/lu-factor.ts';
import { planMemory } from './plan-memory.ts';
import type { Piece } from './plan-memory.ts';

/** Elimination by the kernel of plans, in their memory; undefined where there is none. */
export function kernelElimination(): Elimination | undefined {
  const memory = planMemory();
  const { kernel } = memory;
  if (!kernel) return undefined;
  let piece: Piece | undefined;
  return {
    hold: (matrix) => {
      piece = memory.take(matrix.length);
      const lu = memory.numbers.subarray(piece.at, piece.at + matrix.length);
      lu.set(matrix);
      return lu;
    },
    eliminate: ({ byteOffset }, row, pivotRow, k, n) =>
      kernel.eliminate(
        byteOffset + 8 * (row + k),
        byteOffset + 8 * (pivotRow + k),
        byteOffset + 8 * (row + n),
      ),
    release: (lu) => {
      const factors = lu.slice();
      memory.give(piece!);
      return factors;
    },
  };
}
