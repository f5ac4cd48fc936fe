import type { LayerRecord } from '../concepts/explanation.ts';
import { fromRows, toRows } from '../concepts/latent-rows.ts';
import { codesOf } from '../factorization/sparse-codes.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { timesTransposed } from '../linalg/plain-gemm.ts';
import { transpose } from '../linalg/transpose.ts';
import type { Tensor } from '../tensor.ts';
import {
  editedRows,
  projectors,
  replacement,
  subtractedRows,
  type ConceptEdit,
  type EditChoice,
} from './concept-edit.ts';

/**
 * What an edit makes of activations, by the exact codes: what an edited model is held against.
 *
 * Shapes   activations [n, …] as the layer has them; `codes`, where they are known: exact amounts of all concepts,
 *          [n · positions, r]; returns a new tensor like it.
 * Throws   as `codesOf` and {@link projectors}.
 */
export async function editedActivations(
  activations: Tensor<'float32'>,
  layer: LayerRecord,
  edit: ConceptEdit,
  codes?: Matrix,
): Promise<Tensor<'float32'>> {
  const rows = toRows(activations, layer);
  const amounts = excess(await changedAmounts(rows, edit, codes), edit);
  const taken = subtractedRows(edit);
  const given = replacement(edit);
  const { cols: p } = rows;
  const out = matrix(rows.rows, p, rows.data.slice());
  for (let row = 0; row < rows.rows; row++) {
    for (let k = 0; k < taken.rows; k++) {
      const amount = amounts.data[row * taken.rows + k];
      if (amount === 0) continue;
      for (let i = 0; i < p; i++) out.data[row * p + i] -= amount * taken.data[k * p + i];
    }
    given?.forEach((value, i) => (out.data[row * p + i] += value));
  }
  return fromRows(out, layer);
}

/**
 * v of the changed concepts in rows of activations [n, p], [n, k]; see {@link ConceptEdit}. `codes` are the exact amounts of
 * all concepts in them, [n, r], where they are known. Throws as `codesOf` and {@link projectors}.
 */
export async function changedAmounts(rows: Matrix, edit: EditChoice, codes?: Matrix): Promise<Matrix> {
  if (edit.how === 'project') return timesTransposed(rows, transpose(projectors(edit)));
  const coefficients = codes ?? (await codesOf(rows, edit.bank)).coefficients;
  const changed = editedRows(edit);
  const data = new Float32Array(rows.rows * changed.length);
  for (let row = 0; row < rows.rows; row++)
    changed.forEach(
      (concept, at) =>
        (data[row * changed.length + at] = coefficients.data[row * coefficients.cols + concept]),
    );
  return matrix(rows.rows, changed.length, data);
}

/** max(0, v - t), in place, where there is a t. */
function excess(amounts: Matrix, edit: ConceptEdit): Matrix {
  const { above } = edit;
  if (above === undefined) return amounts;
  const bounds = editedRows(edit).map((row) => above[row]);
  amounts.data.forEach((value, i) => (amounts.data[i] = Math.max(0, value - bounds[i % bounds.length])));
  return amounts;
}
