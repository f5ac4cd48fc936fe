import { codesOf } from '../../factorization/sparse-codes.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { matrix, rowView, takeRows, type Matrix } from '../../linalg/matrix.ts';
import { float32, sizeOf, type Tensor } from '../../tensor.ts';
import { conceptActivations } from '../concept-activations.ts';
import type { LayerRecord } from '../explanation.ts';
import { fromRows, toRows } from '../latent-rows.ts';
import type { MaskedLogit } from '../masked-head.ts';

/** Memory of the masked activations that are made at once. */
const MASKED_BYTES = 2 ** 25;

/** A concept as a function of the activations at an earlier layer. */
export interface ParentFunction {
  readonly layer: LayerRecord;
  readonly conceptBank: CodedBank;
  /** Row of the bank. */
  readonly column: number;
  readonly earlier: LayerRecord;
  /** The sub-model: activations at `earlier` [n, …] -> at `layer` [n, …]. */
  readonly between: (batch: Tensor<'float32'>) => Promise<Tensor<'float32'>>;
}

/** One image as its parts see it. */
export interface PartsInImage {
  /** Activations at the earlier layer [P', p']. */
  readonly activations: Matrix;
  /** U' [P', k] of the parts, zero outside the parent's footprint. */
  readonly coefficients: Matrix;
  /** Bank of the parts [k, p']. */
  readonly partBank: Matrix;
  /** The parent's footprint [P'], 1 inside: there the parts stand for the activations; outside they are kept. */
  readonly inside: Uint8Array;
  /** Positions of the later layer where the parent is, in rising order. */
  readonly counted: readonly number[];
}

/**
 * How strong a concept is in an image as a function of masks on its parts: s(m) = mean of the parent's
 * coefficient, by NNLS at its layer, over the positions where it is, when the activations in its footprint are Σ_k m_k (u_k ⊗ W_k).
 *
 * The same form as a class logit under masked concepts, so that the same estimators give a part's importance for
 * its parent. Source: CRAFT (Fel et al. 2023), sections 3.2 and 3.3. Differs: the activations around the parent are
 * kept, so that only its own parts are in question.
 */
export function maskedParent(parent: ParentFunction, image: PartsInImage): MaskedLogit {
  const { earlier, layer, column } = parent;
  const size = sizeOf(earlier.shape);
  const parts = conceptActivations(image.coefficients, image.partBank, earlier).data;
  const context = fromRows(outsideOf(image), earlier).data;
  const rowsAtOnce = Math.max(1, Math.floor(MASKED_BYTES / 4 / size));
  return {
    async evaluate(masks) {
      const values = new Float64Array(masks.rows);
      for (let start = 0; start < masks.rows; start += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, masks.rows - start);
        const batch = new Float32Array(count * size);
        for (let i = 0; i < count; i++) {
          fillMasked(batch.subarray(i * size, (i + 1) * size), context, parts, rowView(masks, start + i));
        }
        const tensor = float32(batch, [count, ...earlier.shape.slice(1)]);
        const rows = toRows(await parent.between(tensor), layer);
        const { coefficients } = await codesOf(countedRows(rows, count, image.counted), parent.conceptBank);
        values.set(meansOf(coefficients, column, count), start);
      }
      return values;
    },
  };
}

/** The activations as the parts rebuild them: U'W' inside the footprint, themselves outside, [P', p']. */
export function rebuilt(image: PartsInImage): Matrix {
  const out = outsideOf(image);
  const { coefficients, partBank } = image;
  for (let row = 0; row < out.rows; row++) {
    const own = rowView(out, row);
    for (let part = 0; part < partBank.rows; part++) {
      const amount = coefficients.data[row * partBank.rows + part];
      if (amount !== 0) rowView(partBank, part).forEach((value, channel) => (own[channel] += amount * value));
    }
  }
  return out;
}

function outsideOf({ activations, inside }: PartsInImage): Matrix {
  const out = matrix(activations.rows, activations.cols, activations.data.slice());
  inside.forEach((isInside, row) => {
    if (isInside === 1) rowView(out, row).fill(0);
  });
  return out;
}

function fillMasked(out: Float32Array, context: Float32Array, parts: Float32Array, mask: Float32Array): void {
  out.set(context);
  for (let part = 0; part < mask.length; part++) {
    const amount = mask[part];
    if (amount === 0) continue;
    const from = part * out.length;
    for (let i = 0; i < out.length; i++) out[i] += amount * parts[from + i];
  }
}

/** The rows of each of `count` items at the counted positions. */
function countedRows(rows: Matrix, count: number, counted: readonly number[]): Matrix {
  const positions = rows.rows / count;
  const wanted = Array.from({ length: count }, (_, item) => counted.map((row) => item * positions + row));
  return takeRows(rows, wanted.flat());
}

/** Mean of one column over the rows of each of `count` items. */
function meansOf({ rows, cols, data }: Matrix, column: number, count: number): Float64Array {
  const each = rows / count;
  const means = new Float64Array(count);
  for (let row = 0; row < rows; row++) means[Math.floor(row / each)] += data[row * cols + column] / each;
  return means;
}
