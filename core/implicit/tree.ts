import * as tf from '@tensorflow/tfjs-core';

/*
 * A tree is a tensor, or an array or plain object of trees; numbers, strings, booleans and anything else are carried
 * along untouched. Solutions and arguments of optimality conditions are trees.
 */

/** The tensors of a tree in a fixed order, and the way back. */
export interface FlatTree<T> {
  readonly leaves: readonly tf.Tensor[];
  /** The same tree with other tensors (or anything else) in place of its leaves. */
  rebuild<U = T>(leaves: readonly unknown[]): U;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || value instanceof tf.Tensor) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

function collect(tree: unknown, leaves: tf.Tensor[]): void {
  if (tree instanceof tf.Tensor) leaves.push(tree as tf.Tensor);
  else if (Array.isArray(tree)) for (const child of tree) collect(child, leaves);
  else if (isPlainObject(tree)) for (const child of Object.values(tree)) collect(child, leaves);
}

function replace(tree: unknown, next: () => unknown): unknown {
  if (tree instanceof tf.Tensor) return next();
  if (Array.isArray(tree)) return tree.map((child) => replace(child, next));
  if (!isPlainObject(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, child]) => [key, replace(child, next)]));
}

/** Lists the tensors of a tree, depth first, object keys in insertion order. */
export function flattenTree<T>(tree: T): FlatTree<T> {
  const leaves: tf.Tensor[] = [];
  collect(tree, leaves);
  return {
    leaves,
    rebuild: <U>(replacements: readonly unknown[]) => {
      let at = 0;
      return replace(tree, () => replacements[at++]) as U;
    },
  };
}

/** Joins real tensors into one vector. */
export function pack(leaves: readonly tf.Tensor[]): tf.Tensor1D {
  const vectors = leaves.map((leaf) => tf.reshape<tf.Rank.R1>(leaf, [leaf.size]));
  return vectors.length === 1 ? vectors[0] : tf.concat1d(vectors);
}

/** Cuts a vector into tensors of the given shapes; the inverse of {@link pack}. */
export function unpack(vector: tf.Tensor, shapes: readonly (readonly number[])[]): tf.Tensor[] {
  if (shapes.length === 1) return [tf.reshape(vector, [...shapes[0]])];
  let from = 0;
  return shapes.map((shape) => {
    const size = tf.util.sizeFromShape([...shape]);
    const part = tf.slice(vector, [from], [size]);
    from += size;
    return tf.reshape(part, [...shape]);
  });
}

/** Joins tensors [...batch, ...] sample by sample: all entries of the first sample, then of the second, and so on. */
export function packSamples(leaves: readonly tf.Tensor[], count: number): tf.Tensor1D {
  if (count === 1 || leaves.length === 1) return pack(leaves);
  const rows = leaves.map((leaf) => tf.reshape<tf.Rank.R2>(leaf, [count, leaf.size / count]));
  return tf.reshape<tf.Rank.R1>(tf.concat2d(rows, 1), [-1]);
}

/** The inverse of {@link packSamples}. */
export function unpackSamples(
  vector: tf.Tensor,
  shapes: readonly (readonly number[])[],
  count: number,
): tf.Tensor[] {
  if (count === 1 || shapes.length === 1) return unpack(vector, shapes);
  const rows = tf.reshape(vector, [count, vector.size / count]);
  let from = 0;
  return shapes.map((shape) => {
    const width = tf.util.sizeFromShape([...shape]) / count;
    const part = tf.slice(rows, [0, from], [count, width]);
    from += width;
    return tf.reshape(part, [...shape]);
  });
}

/** Whether two lists of tensors agree in length and shapes. */
export function haveShapesOf(tensors: readonly tf.Tensor[], wanted: readonly tf.Tensor[]): boolean {
  return (
    tensors.length === wanted.length &&
    tensors.every((tensor, i) => tf.util.arraysEqual(tensor.shape, wanted[i].shape))
  );
}

/** Shapes of a list of tensors, as error messages print them. */
export function shapesOf(tensors: readonly tf.Tensor[]): string {
  if (tensors.length === 0) return 'no tensor';
  return tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
}
