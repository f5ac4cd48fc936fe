import { TesseraError } from '../../errors.ts';
import { elementTypeCode } from '../element-types.ts';
import { attributeOf, floatOf, intOf, labelOf } from '../attributes.ts';
import type { Node } from '../graph.ts';
import type { Expansion } from './expansion.ts';

const FLOAT32 = elementTypeCode('float32');

function refuse(node: Node, why: string): never {
  throw new TesseraError('unsupported-operator', `${labelOf(node)}: ${why}.`, {
    hint: 'Export the model with opset 22 or older: attention is then written in plain operators.',
  });
}

/** [batch, positions, heads · size] as [batch, heads, positions, size]; four axes are so already. */
function inHeads(e: Expansion, x: string, heads: number): string {
  if (heads === 0) return x;
  return e.op('Transpose', [e.op('Reshape', [x, e.ints([0, 0, heads, -1])])], { perm: [0, 2, 1, 3] });
}

/** Keys or values that several heads of queries share, once for each of them: [b, h, n, d] -> [b, h · times, n, d]. */
function repeated(e: Expansion, x: string, times: number): string {
  if (times === 1) return x;
  const apart = e.op('Unsqueeze', [x, e.ints([2])]);
  const tiled = e.op('Tile', [apart, e.ints([1, 1, times, 1, 1])]);
  // Two axes together, the others as they are.
  const flat = e.op('Flatten', [tiled], { axis: 3 });
  const shape = e.op('Shape', [x]);
  const factors = e.ints([1, times, 1, 1]);
  return e.op('Reshape', [flat, e.op('Mul', [shape, factors])]);
}

/** -∞ where a query may not look, else 0, for queries in order: [queries, keys]. */
function causalMask(e: Expansion, scores: string, pastKey: string | undefined): string {
  const sizes = e.op('Slice', [e.op('Shape', [scores]), e.ints([2]), e.ints([4])]);
  const blocked = e.op('Expand', [e.number(-Infinity), sizes]);
  if (!pastKey) return e.op('Trilu', [blocked, e.ints([1])], { upper: 1 });
  const past = e.op('Squeeze', [e.op('Slice', [e.op('Shape', [pastKey]), e.ints([2]), e.ints([3])])]);
  return e.op('Trilu', [blocked, e.op('Add', [past, e.ints([1])])], { upper: 1 });
}

function masked(e: Expansion, node: Node, scores: string): string {
  const mask = node.inputs[3];
  let sum = scores;
  if (mask) {
    const type = e.fact(mask)?.type;
    if (type === undefined) refuse(node, 'it is not known whether its mask holds numbers or truth values');
    const bias = type === 'bool' ? e.op('Where', [mask, e.number(0), e.number(-Infinity)]) : mask;
    sum = e.op('Add', [sum, bias]);
  }
  return intOf(node, 'is_causal', 0) ? e.op('Add', [sum, causalMask(e, scores, node.inputs[4])]) : sum;
}

/** 1 / √(size of a head), unless the file says another. */
function scaled(e: Expansion, node: Node, query: string, heads: number): string {
  const given = attributeOf(node, 'scale', 'float', undefined);
  const dims = e.fact(node.inputs[0])?.dims;
  const size = heads > 0 && dims ? dims[2] / heads : dims?.[3];
  const scale = given || (size === undefined ? undefined : 1 / Math.sqrt(size));
  if (scale !== undefined) return e.op('Mul', [query, e.number(scale)]);
  const last = e.op('Slice', [e.op('Shape', [query]), e.ints([3]), e.ints([4])]);
  return e.op('Div', [query, e.op('Sqrt', [e.op('Cast', [last], { to: FLOAT32 })])]);
}

/** How many heads of queries share one of keys; 1 where nothing says otherwise. */
function sharing(e: Expansion, node: Node, queryHeads: number, keyHeads: number): number {
  if (queryHeads > 0 && keyHeads > 0) return queryHeads / keyHeads;
  const [query, key] = [0, 1].map((index) => e.fact(node.inputs[index])?.dims[1]);
  return query === undefined || key === undefined ? 1 : query / key;
}

/**
 * Attention (operator sets 23 and 24) as plain operators: softmax(Q Kᵀ · scale + mask) V, with heads in three or four
 * axes, keys shared by several heads, additive and Boolean masks, causal masks, soft caps, and keys and values of before.
 *
 * Source   https://onnx.ai/onnx/operators/onnx__Attention.html
 * Throws   TesseraError 'unsupported-operator' for lengths by picture (nonpad_kv_seqlen), which text models have.
 */
export function expandAttention(e: Expansion, node: Node): void {
  const [q, k, v, , pastKey, pastValue, lengths] = node.inputs;
  const [output, presentKey, presentValue, exposed] = node.outputs;
  if (lengths) refuse(node, 'its keys have a length of their own for every row');
  const [queryHeads, keyHeads] = [intOf(node, 'q_num_heads', 0), intOf(node, 'kv_num_heads', 0)];
  const query = inHeads(e, q, queryHeads);
  const [newKey, newValue] = [inHeads(e, k, keyHeads), inHeads(e, v, keyHeads)];
  const joined = (past: string | undefined, now: string, present: string | undefined) => {
    if (!past && !present) return now;
    return past
      ? e.op('Concat', [past, now], { axis: 2 }, present || undefined)
      : e.op('Identity', [now], {}, present);
  };
  const [allKeys, allValues] = [
    joined(pastKey, newKey, presentKey),
    joined(pastValue, newValue, presentValue),
  ];
  const times = sharing(e, node, queryHeads, keyHeads);
  const [key, value] = [repeated(e, allKeys, times), repeated(e, allValues, times)];
  const transposed = e.op('Transpose', [key], { perm: [0, 1, 3, 2] });
  const raw = e.op('MatMul', [scaled(e, node, query, queryHeads), transposed]);
  const cap = floatOf(node, 'softcap', 0);
  // Before the mask, whose -∞ would become a finite number.
  const capped =
    cap === 0 ? raw : e.op('Mul', [e.op('Tanh', [e.op('Div', [raw, e.number(cap)])]), e.number(cap)]);
  const biased = masked(e, node, capped);
  const weights = e.op('Softmax', [biased], { axis: -1 });
  if (exposed) {
    const stages = [raw, biased, capped, weights];
    e.op('Identity', [stages[intOf(node, 'qk_matmul_output_mode', 0)] ?? raw], {}, exposed);
  }
  if (queryHeads === 0) {
    e.op('MatMul', [weights, value], {}, output);
    return;
  }
  const mixed = e.op('Transpose', [e.op('MatMul', [weights, value])], { perm: [0, 2, 1, 3] });
  e.op('Reshape', [mixed, e.ints([0, 0, -1])], {}, output);
}
