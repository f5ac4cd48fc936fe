import type { Dimension, Model, ValueInfo } from '../graph.ts';
import { asFloat32 } from './as-float32.ts';
import { checkDomains, checkOpset } from './check-operators.ts';
import { withoutConstantBranches } from './constant-branches.ts';
import { withFloatInput } from './float-input.ts';
import { withoutNewerOperators } from './newer-operators.ts';
import { withRealOperators } from './quantised-operators.ts';

/** Side in pixels that stands for any; only heads and numbers of axes are read off with it. */
const ANY_SIDE = 224;

/** Sizes that some exporters write for "any": -1 and 0. */
function withOpenSizes(info: ValueInfo): ValueInfo {
  const open = (dim: Dimension, axis: number): Dimension =>
    typeof dim === 'number' && dim <= 0 ? (axis === 0 ? 'batch' : undefined) : dim;
  return { ...info, dims: info.dims?.map(open) };
}

/** The declared sizes, where all but the batch are fixed. */
function fixedSizes({ graph }: Model): ReadonlyMap<string, readonly number[]> | undefined {
  const sizes = graph.inputs.map(
    ({ name, dims }) =>
      [name, dims?.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 2 : NaN))] as const,
  );
  const isKnown = (dims: readonly number[] | undefined): dims is readonly number[] =>
    dims?.every((size) => !Number.isNaN(size)) ?? false;
  const known = sizes.flatMap(([name, dims]) => (isKnown(dims) ? [[name, dims] as const] : []));
  return known.length === sizes.length ? new Map(known) : undefined;
}

function likelySizes({ graph }: Model): ReadonlyMap<string, readonly number[]> | undefined {
  const sizes = graph.inputs.map(
    ({ name, dims }) =>
      [
        name,
        dims?.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : ANY_SIDE)) ?? [],
      ] as const,
  );
  return new Map(sizes);
}

/**
 * A model as everything after intake has it: float32 inside and at its border, standard operators that have a
 * derivative, sizes of -1 and 0 open, no branches on constants. The same numbers as the file's; tensors keep their names.
 *
 * A float16, bfloat16 or float64 model is computed in float32. An input of integer pixels becomes one of float32 with the
 * same values. Quantised operators become real ones between QuantizeLinear and DequantizeLinear. Attention and its kin
 * (operator sets 23 and 24) are written in plain operators.
 *
 * Throws TesseraError 'bad-model' (operator set outside 7 to 24), 'unsupported-operator' (operators of other domains,
 * named, with a hint that fits them).
 */
export function prepareModel(file: Model): Model {
  checkOpset(file);
  const { graph } = file;
  const open: Model = {
    ...file,
    graph: { ...graph, inputs: graph.inputs.map(withOpenSizes), outputs: graph.outputs.map(withOpenSizes) },
  };
  const single = asFloat32(withoutConstantBranches(open, fixedSizes(open)));
  const real = withFloatInput(withRealOperators(single));
  const plain = withoutNewerOperators(real, likelySizes(real));
  checkDomains(plain);
  return { ...plain, opsets: new Map([...plain.opsets].filter(([domain]) => domain === '')) };
}
