import { expect } from 'vitest';

interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

declare module 'vitest' {
  // The parameter list must repeat vitest's own.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  interface Matchers<T = any> {
    /** Every |got - want| <= atol + rtol · |want|, as numpy.allclose; reports the worst element. */
    toBeAllclose(want: ArrayLike<number>, tolerance: Tolerance): T;
    /** ‖got - want‖₂ <= rtol · ‖want‖₂. */
    toBeCloseInNorm(want: ArrayLike<number>, rtol: number): T;
  }
}

expect.extend({
  toBeAllclose(got: ArrayLike<number>, want: ArrayLike<number>, { rtol = 0, atol = 0 }: Tolerance) {
    if (got.length !== want.length) {
      return { pass: false, message: () => `lengths differ: got ${got.length}, want ${want.length}` };
    }
    let worst = -1;
    let worstExcess = 0;
    for (let i = 0; i < want.length; i++) {
      const excess = Math.abs(got[i] - want[i]) - (atol + rtol * Math.abs(want[i]));
      if (excess > worstExcess || Number.isNaN(excess)) {
        worst = i;
        worstExcess = Number.isNaN(excess) ? Infinity : excess;
      }
    }
    return {
      pass: worst === -1,
      message: () =>
        worst === -1
          ? 'arrays are close'
          : `element ${worst}: got ${got[worst]}, want ${want[worst]} (rtol ${rtol}, atol ${atol})`,
    };
  },
  toBeCloseInNorm(got: ArrayLike<number>, want: ArrayLike<number>, rtol: number) {
    if (got.length !== want.length) {
      return { pass: false, message: () => `lengths differ: got ${got.length}, want ${want.length}` };
    }
    let error = 0;
    let norm = 0;
    for (let i = 0; i < want.length; i++) {
      error += (got[i] - want[i]) ** 2;
      norm += want[i] ** 2;
    }
    const relative = Math.sqrt(error) / Math.max(Math.sqrt(norm), Number.MIN_VALUE);
    return {
      pass: relative <= rtol,
      message: () => `relative L2 error ${relative.toExponential(3)}, allowed ${rtol.toExponential(1)}`,
    };
  },
});
