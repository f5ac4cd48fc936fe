import { matrix, type Matrix } from '../linalg/matrix.ts';
import type { Expansion } from '../onnx/prepare/expansion.ts';
import { float32 } from '../tensor.ts';
import { channelProduct, hasChannelsLast, type ChannelLayout } from './channel-product.ts';
import { editedRows, projectors, replacement, subtractedRows, type ConceptEdit } from './concept-edit.ts';

/** Adds nodes from activations to the codes of a bank, and names these: rows [n · positions, r]. */
export type CodeNodes = (activations: string) => string;

/**
 * Adds nodes from activations to what an edit subtracts of them, and names that; float32, like the activations. Batch and
 * number of positions stay open. Throws as {@link projectors}.
 */
export function changeNodes(
  e: Expansion,
  activations: string,
  edit: ConceptEdit,
  layout: ChannelLayout,
  codes: CodeNodes,
): string {
  const taken = subtractedRows(edit);
  const given = replacement(edit)?.map((value) => -value);
  if (edit.how === 'project') {
    const amounts = channelProduct(e, activations, projectors(edit), layout);
    return channelProduct(e, amounts, taken, layout, given);
  }
  const rows = codes(activations);
  const beyond = edit.above === undefined ? rows : excessRows(e, rows, edit.above);
  const amounts = inLayout(e, beyond, activations, edit.bank.rows, layout);
  return channelProduct(e, amounts, amongAll(taken, edit), layout, given);
}

/** max(0, u - t) of rows [n · positions, r]. */
function excessRows(e: Expansion, rows: string, above: readonly number[]): string {
  return e.op('Relu', [e.op('Sub', [rows, e.tensor(float32(Float32Array.from(above), [1, above.length]))])]);
}

/** Rows [n · positions, r] as a tensor with r channels, otherwise like the activations; sizes are those of each picture. */
function inLayout(e: Expansion, rows: string, activations: string, r: number, layout: ChannelLayout): string {
  const { shape, channelAxis } = layout;
  if (shape.length === 2) return rows;
  const others = [...shape.keys()].filter((axis) => axis !== channelAxis);
  const sizes = e.op('Gather', [e.op('Shape', [activations]), e.ints(others)], { axis: 0 });
  const placed = e.op('Reshape', [rows, e.op('Concat', [sizes, e.ints([r])], { axis: 0 })]);
  if (hasChannelsLast(layout)) return placed;
  const from = [...others, channelAxis];
  return e.op('Transpose', [placed], { perm: [...shape.keys()].map((axis) => from.indexOf(axis)) });
}

/** The rows of the changed concepts at their places among all of the bank, the others zero: [k, p] -> [r, p]. */
function amongAll(rows: Matrix, edit: ConceptEdit): Matrix {
  const out = matrix(edit.bank.rows, rows.cols);
  editedRows(edit).forEach((row, at) =>
    out.data.set(rows.data.subarray(at * rows.cols, (at + 1) * rows.cols), row * rows.cols),
  );
  return out;
}
