import type { GraphBuilder } from '../graph-builder.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { constantNumbers, cotangent, input, positiveAxis, requireNumbers } from '../rule.ts';

/** A regular sample of some axes: zeros are put back between and around the values. */
export const slice: Rule = (c) => {
  const dims = [...c.outputs[0].dims];
  let g = cotangent(c);
  for (const cut of cuts(c)) {
    g = unslice(c.b, g, dims, cut, input(c).dims[cut.axis]);
    dims[cut.axis] = input(c).dims[cut.axis];
  }
  return [g];
};

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
}

function cuts(c: RuleContext): Cut[] {
  const { dims } = input(c);
  const starts = requireNumbers(c, 1, 'list of starts');
  const axes = c.inputs[3] === undefined ? starts.map((_, i) => i) : requireNumbers(c, 3, 'list of axes');
  const steps =
    c.inputs[4] === undefined ? undefined : (constantNumbers(c, 4) ?? requireNumbers(c, 4, 'steps'));
  return starts.map((start, i) => {
    const axis = positiveAxis(axes[i], dims.length);
    const step = steps?.[i] ?? 1;
    const from = start < 0 ? start + dims[axis] : start;
    return { axis, step, start: Math.min(Math.max(from, 0), step > 0 ? dims[axis] : dims[axis] - 1) };
  });
}

/** One axis: [K, …, n, …] with values `step` apart from `start` on -> [K, …, size, …]. */
function unslice(b: GraphBuilder, g: string, dims: readonly number[], cut: Cut, size: number): string {
  const { axis, step } = cut;
  const count = dims[axis];
  const last = cut.start + (count - 1) * step;
  if (step < 0) {
    const reversed = b.slice(g, axis + 1, -1, -count - 1, -1);
    return unslice(b, reversed, dims, { axis, start: last, step: -step }, size);
  }
  const spaced = step === 1 ? g : insertZeros(b, g, dims, axis, step);
  const span = (count - 1) * step + step;
  const only = (pad: number) => [0, ...dims].map((_, i) => (i === axis + 1 ? pad : 0));
  return b.pad(spaced, only(cut.start), only(size - cut.start - span));
}

// Each value is followed by step - 1 zeros.
function insertZeros(
  b: GraphBuilder,
  g: string,
  dims: readonly number[],
  axis: number,
  step: number,
): string {
  const [before, after] = [dims.slice(0, axis + 1), dims.slice(axis + 1)];
  const columns = b.reshape(g, [-1, ...before, 1, ...after]);
  const none = [0, ...before, 1, ...after].map(() => 0);
  const padded = b.pad(
    columns,
    none,
    none.map((_, i) => (i === axis + 2 ? step - 1 : 0)),
  );
  return b.reshape(padded, [-1, ...dims.map((dim, i) => (i === axis ? dim * step : dim))]);
}
