import { matrix, rowView, type Matrix } from '../linalg/matrix.ts';
import { innerProduct } from '../linalg/norms.ts';
import type { AblatedImage } from './ablation-head.ts';
import type { MaskedHead, MaskedLogit } from './masked-head.ts';

/*
 * Concepts that a person merged are one from then on. At a position, a concept contributes u W_c to the activations, and
 * as the rows of W are of unit length, its amount u is the length of that contribution. So it is for merged ones:
 *
 *   amount = ‖Σ_k u_k W_k‖
 *
 * which for two concepts of one direction is the sum of theirs: that of the one concept that they would have been. In
 * the game of the total index they are one player: one mask entry goes to all of them. What is turned down or taken
 * away, is turned down in all of them alike.
 */

/** Players of the game of total indices, in the order of the bank: the columns of the bank that one mask entry goes to. */
export type Players = readonly (readonly number[])[];

/** Every concept of the bank by itself, but for the groups; each group stands where its first column does. */
export function playersOf(nConcepts: number, groups: readonly (readonly number[])[]): Players {
  return Array.from({ length: nConcepts }, (_, column): readonly number[] => {
    const group = groups.find((one) => one.includes(column)) ?? [column];
    return column === Math.min(...group) ? [...group].sort((a, b) => a - b) : [];
  }).filter((columns) => columns.length > 0);
}

/** What each column of the bank gets of what its player gets: [n, players] -> [n, r]; one column more, the rest's, remains the last. */
export function spread({ rows, cols, data }: Matrix, players: Players): Matrix {
  const r = players.reduce((sum, columns) => sum + columns.length, 0);
  const hasRest = cols > players.length;
  const width = r + Number(hasRest);
  const out = matrix(rows, width);
  for (let row = 0; row < rows; row++) {
    players.forEach((columns, player) => {
      for (const column of columns) out.data[row * width + column] = data[row * cols + player];
    });
    if (hasRest) out.data[row * width + r] = data[row * cols + players.length];
  }
  return out;
}

/** The head as a function of how much of each player is left in. */
export function headOfPlayers(head: MaskedHead, players: Players): MaskedHead {
  return {
    prepare: async (coefficients): Promise<MaskedLogit> => {
      const own = await head.prepare(coefficients);
      const slopes = own.slopes && summedSlopes(own.slopes, players);
      return { evaluate: (masks) => own.evaluate(spread(masks, players)), ...(slopes && { slopes }) };
    },
    dispose: () => head.dispose(),
  };
}

/** An image's logits as a function of how strong each player is. */
export function imageOfPlayers(image: AblatedImage, players: Players): AblatedImage {
  return { ...image, evaluate: (factors) => image.evaluate(spread(factors, players)) };
}

function summedSlopes(slopes: Float64Array, players: Players): Float64Array {
  return Float64Array.from(players, (columns) => columns.reduce((sum, column) => sum + slopes[column], 0));
}

/** Inner products of some directions of a bank, [k, k] row by row. */
export function gramOf(conceptBank: Matrix, columns: readonly number[]): Float64Array {
  const rows = columns.map((column) => rowView(conceptBank, column));
  return Float64Array.from(rows.flatMap((a) => rows.map((b) => innerProduct(a, b))));
}

/** Σ_l G_kl u_l for each k: half the derivative of the squared amount by each coefficient, [k]. */
export function gramTimes(gram: Float64Array, values: ArrayLike<number>): Float64Array {
  const k = values.length;
  const out = new Float64Array(k);
  for (let i = 0; i < gram.length; i++) out[Math.floor(i / k)] += gram[i] * values[i % k];
  return out;
}

/** Amounts of merged concepts, appended as further columns: U [P, r] -> [P, r + groups]. */
export function withAmounts(
  coefficients: Matrix,
  conceptBank: Matrix,
  groups: readonly (readonly number[])[],
): Matrix {
  if (groups.length === 0) return coefficients;
  const { rows, cols: r, data } = coefficients;
  const cols = r + groups.length;
  const out = matrix(rows, cols);
  const grams = groups.map((columns) => gramOf(conceptBank, columns));
  for (let row = 0; row < rows; row++) {
    out.data.set(data.subarray(row * r, (row + 1) * r), row * cols);
    groups.forEach((columns, g) => {
      const values = columns.map((column) => data[row * r + column]);
      const squared = gramTimes(grams[g], values).reduce((sum, slope, k) => sum + slope * values[k], 0);
      out.data[row * cols + r + g] = Math.sqrt(Math.max(0, squared));
    });
  }
  return out;
}

/** U [P, r] with a group's amount in the column of its first concept, and nothing in those of the others. */
export function withMergedColumns(
  coefficients: Matrix,
  conceptBank: Matrix,
  groups: readonly (readonly number[])[],
): Matrix {
  if (groups.length === 0) return coefficients;
  const { rows, cols: r } = coefficients;
  const amounts = withAmounts(coefficients, conceptBank, groups);
  const out = matrix(rows, r, coefficients.data.slice());
  groups.forEach((columns, g) => {
    for (let row = 0; row < rows; row++) {
      for (const column of columns) out.data[row * r + column] = 0;
      out.data[row * r + columns[0]] = amounts.data[row * amounts.cols + r + g];
    }
  });
  return out;
}
