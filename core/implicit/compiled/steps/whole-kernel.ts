import type { Dense } from '../../float64/dense.ts';
import { float64Kernels } from '../../float64/kernel-tables.ts';
import type { Derive } from '../../plain-code.ts';
import type { Op } from '../graph.ts';
import type { Place, Step } from './step.ts';

/** Plain code on copies of the numbers, which it may keep. */
export function derivedStep({ inputs, attrs, outputs }: Op, place: Place): Step {
  const derive = attrs.derive as Derive;
  const to = place(outputs[0]);
  const from = inputs.map((value) => ({ at: place(value), size: value.size }));
  return (memory) => memory.set(derive(...from.map(({ at, size }) => memory.slice(at, at + size))), to);
}

/** Any kernel of the float64 backend, on views of memory; its results are copied back. */
export function kernelStep({ kernel, names, inputs, attrs, outputs }: Op, place: Place): Step {
  const run = float64Kernels[kernel];
  const from = inputs.map(place);
  const to = outputs.map(place);
  return (memory) => {
    const dense: Record<string, Dense> = {};
    inputs.forEach(({ shape, dtype, size }, i) => {
      dense[names[i]] = {
        shape: [...shape],
        dtype,
        values: memory.subarray(from[i], from[i] + size),
      };
    });
    [run(dense, attrs)].flat().forEach(({ values }, i) => memory.set(values, to[i]));
  };
}
