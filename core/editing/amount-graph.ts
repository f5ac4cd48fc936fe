import type { OwnDirection } from '../concepts/own/own-direction.ts';
import type { LayerRecord } from '../concepts/explanation.ts';
import { positionsOf } from '../concepts/latent-rows.ts';
import { gramOf } from '../concepts/merged-concepts.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { matrixTensor } from '../linalg/matrix-tensor.ts';
import { float32 } from '../tensor.ts';
import { elementTypeCode } from '../onnx/element-types.ts';
import { projectedRows, type CodeGraph } from './code-graph.ts';
import { PartBuilder, type GraphPart } from './part-builder.ts';

/** The concepts of which a graph tells how much there is, by column. */
export interface AmountColumns {
  /** Rows of the bank of each column: one concept, or all that a person merged into one. */
  readonly players: readonly (readonly number[])[];
  /** Concepts that a person gave by examples, behind the others. */
  readonly own: readonly OwnDirection[];
}

interface Place {
  readonly layer: LayerRecord;
  readonly bank: Matrix;
  readonly opset: number;
  readonly fresh: (stem: string) => string;
}

/** Is every column one row of the bank, in the order of the bank? */
export function isPlain(players: AmountColumns['players']): boolean {
  return players.every((rows, column) => rows.length === 1 && rows[0] === column);
}

/** M [r, columns], 1 where a row of the bank belongs to a column: what rows do together is a product with it. */
export function membership(players: AmountColumns['players'], r: number): Matrix {
  const out = matrix(r, players.length);
  players.forEach((rows, column) => {
    for (const row of rows) out.data[row * players.length + column] = 1;
  });
  return out;
}

/**
 * Nodes whose `output` is the largest amount of each column over the positions of a picture, [n, columns]; of merged concepts
 * that of what they contribute together (`withAmounts`), of own ones as `ownAmounts` has it.
 */
export function amountGraph(
  codes: CodeGraph,
  { players, own }: AmountColumns,
  { layer, bank, opset, fresh }: Place,
): GraphPart {
  const positions = positionsOf(layer);
  const builder = new PartBuilder(fresh, `${layer.tensor}/amounts`);
  const found = isPlain(players) ? codes.output : together(builder, codes.output, players, bank);
  const all =
    own.length === 0
      ? found
      : builder.add('all', 'Concat', [found, ownColumns(builder, codes.activations, own, layer)], {
          axis: 1,
        });
  if (positions === 1) return builder.part(all);
  const byImage = builder.reshape('by_image', all, [-1, positions, players.length + own.length]);
  return builder.part(builder.reduce('largest', 'ReduceMax', byImage, [1], opset));
}

/** ‖Σ u_k W_k‖ over the rows of each column: √((U ∘ UG) M), G the products of rows of one column. */
function together(
  builder: PartBuilder,
  codes: string,
  players: AmountColumns['players'],
  bank: Matrix,
): string {
  const { rows: r } = bank;
  const gram = matrix(r, r);
  for (const rows of players) {
    // The amount of one concept is its code, whatever the length of its direction.
    const own = rows.length === 1 ? [1] : gramOf(bank, rows);
    rows.forEach((a, i) => rows.forEach((b, j) => (gram.data[a * r + b] = own[i * rows.length + j])));
  }
  const products = builder.add('products', 'MatMul', [codes, builder.constant('gram', matrixTensor(gram))]);
  const squares = builder.add('squares', 'Mul', [codes, products]);
  const members = builder.constant('members', matrixTensor(membership(players, r)));
  const sums = builder.add('sums', 'MatMul', [squares, members]);
  return builder.add('lengths', 'Sqrt', [builder.add('not_negative', 'Relu', [sums])]);
}

/** How far activations lie along each direction beyond what is usual, where they are beyond the border. */
function ownColumns(
  builder: PartBuilder,
  activations: string,
  own: readonly OwnDirection[],
  layer: LayerRecord,
): string {
  const p = own[0].direction.length;
  const directions = matrix(p, own.length);
  own.forEach(({ direction }, column) =>
    direction.forEach((value, i) => (directions.data[i * own.length + column] = value)),
  );
  const constant = (what: string, key: 'border' | 'usual'): string =>
    builder.constant(
      what,
      float32(
        Float32Array.from(own, (one) => one[key]),
        [1, own.length],
      ),
    );
  const products = projectedRows(builder, activations, directions, layer, 'own');
  const isSeen = builder.add('own_seen', 'Greater', [products, constant('own_border', 'border')]);
  const beyond = builder.add('own_beyond', 'Sub', [products, constant('own_usual', 'usual')]);
  return builder.add('own', 'Mul', [
    builder.add('own_positive', 'Relu', [beyond]),
    builder.add('own_there', 'Cast', [isSeen], { to: elementTypeCode('float32') }),
  ]);
}
