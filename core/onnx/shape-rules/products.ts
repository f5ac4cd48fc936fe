import { intOf, stringOf } from '../attributes.ts';
import { broadcast, inputOf, refuse } from './rule.ts';
import type { NodeCall, ShapeRule } from './rule.ts';

const gemm: ShapeRule = (call) => {
  const { type, dims: a } = inputOf(call, 0);
  const { dims: b } = inputOf(call, 1);
  const rows = intOf(call.node, 'transA', 0) ? a[1] : a[0];
  const cols = intOf(call.node, 'transB', 0) ? b[0] : b[1];
  return [{ type, dims: [rows, cols] }];
};

/** As numpy.matmul: a vector operand gains an axis that is dropped again. */
const matMul: ShapeRule = (call) => {
  const { type, dims: a } = inputOf(call, 0);
  const { dims: b } = inputOf(call, 1);
  const inner = [a[a.length - 1], b[Math.max(0, b.length - 2)]];
  if (inner[0] !== inner[1]) refuse(call, `cannot multiply [${a.join(', ')}] by [${b.join(', ')}]`);
  const batch = broadcast(call, [a.slice(0, -2), b.slice(0, -2)]);
  const rows = a.length > 1 ? [a[a.length - 2]] : [];
  const cols = b.length > 1 ? [b[b.length - 1]] : [];
  return [{ type, dims: [...batch, ...rows, ...cols] }];
};

/** The labels of one einsum term, one a dimension; those of an ellipsis are counted from its end: '.0' is its last. */
function einsumLabels(term: string, rank: number): readonly string[] {
  const [before, after = ''] = term.split('...');
  if (!term.includes('...')) return [...term];
  const hidden = rank - before.length - after.length;
  return [...before, ...Array.from({ length: hidden }, (_, index) => `.${hidden - 1 - index}`), ...after];
}

function einsumSizes(call: NodeCall, terms: readonly string[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  terms.forEach((term, index) => {
    const { dims } = inputOf(call, index);
    einsumLabels(term, dims.length).forEach((label, axis) => {
      if ((sizes.get(label) ?? 1) === 1) sizes.set(label, dims[axis]);
    });
  });
  return sizes;
}

const einsum: ShapeRule = (call) => {
  const [left, right] = stringOf(call.node, 'equation', '').replaceAll(' ', '').split('->');
  const terms = left.split(',');
  const sizes = einsumSizes(call, terms);
  const hidden = [...sizes.keys()].filter((label) => label.startsWith('.')).length;
  const once = [...new Set(left)]
    .filter((label) => /[A-Za-z]/.test(label) && left.split(label).length === 2)
    .sort();
  const target = right ?? (hidden > 0 ? '...' : '') + once.join('');
  const rank = target.replace('...', '').length + (target.includes('...') ? hidden : 0);
  return [
    { type: inputOf(call, 0).type, dims: einsumLabels(target, rank).map((label) => sizes.get(label) ?? 1) },
  ];
};

const matMulInteger: ShapeRule = (call) => matMul(call).map((fact) => ({ ...fact, type: 'int32' }));

/** LSTM, GRU and RNN: every state, the last one, and of an LSTM the last cell. */
const recurrent: ShapeRule = (call) => {
  const { type, dims } = inputOf(call, 0);
  const isBatchFirst = intOf(call.node, 'layout', 0) === 1;
  const [length, batch] = isBatchFirst ? [dims[1], dims[0]] : dims;
  const directions = inputOf(call, 1).dims[0];
  const size = inputOf(call, 2).dims[2];
  const all = isBatchFirst ? [batch, length, directions, size] : [length, directions, batch, size];
  const last = { type, dims: isBatchFirst ? [batch, directions, size] : [directions, batch, size] };
  return [{ type, dims: all }, last, last];
};

/** Matrix and tensor products. */
export const productRules: readonly (readonly [string, ShapeRule])[] = [
  ['Gemm', gemm],
  ['MatMul', matMul],
  ['MatMulInteger', matMulInteger],
  ['LSTM', recurrent],
  ['GRU', recurrent],
  ['RNN', recurrent],
  ['Einsum', einsum],
];
