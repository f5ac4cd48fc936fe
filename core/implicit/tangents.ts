import * as tf from '@tensorflow/tfjs-core';
import { ImplicitError } from './errors.ts';
import type { ResidualMap } from './residual-map.ts';

/**
 * The differentiated tensors' tangents, zeros where the tree has none. ImplicitError 'bad-tensor' for shapes that do not
 * fit and for tangents of nothing: a number, or a place where the arguments have no real tensor.
 */
export function tangentLeaves(
  map: ResidualMap,
  args: readonly unknown[],
  tangents: readonly unknown[],
): tf.Tensor[] {
  const found: tf.Tensor[] = [];
  let leaf = 0;
  const walk = (argument: unknown, tangent: unknown, path: string): void => {
    if (isTensor(argument)) {
      const moved = checkTangent(argument, tangent, map.isTheta[leaf], path);
      if (map.isTheta[leaf]) found.push(moved ?? tf.zerosLike(argument));
      leaf++;
      return;
    }
    const children = childrenOf(argument);
    const given = tangent === undefined || tangent === null ? {} : childrenOf(tangent);
    const stray = Object.entries(given).find(
      ([key, child]) => !(key in children) && (child ?? undefined) !== undefined,
    );
    if (stray) throw strayTangent(`${path}.${stray[0]}`);
    if (isTensor(tangent)) throw strayTangent(path);
    for (const [key, child] of Object.entries(children)) walk(child, given[key], `${path}.${key}`);
  };
  args.forEach((argument, i) => walk(argument, tangents[i], `argument ${i + 1}`));
  if (tangents.length > args.length) throw strayTangent(`argument ${args.length + 1}`);
  return found;
}

const isTensor = (value: unknown): value is tf.Tensor => value instanceof tf.Tensor;

const childrenOf = (tree: unknown): Readonly<Record<string, unknown>> =>
  typeof tree === 'object' && tree !== null && !isTensor(tree) && !ArrayBuffer.isView(tree)
    ? (tree as Record<string, unknown>)
    : {};

const strayTangent = (path: string): ImplicitError =>
  new ImplicitError('bad-tensor', `rootJvp: there is a tangent for ${path}, which has no real tensor`, {
    hint: 'Tangents are shaped like the arguments; leave out numbers, integers and constants.',
  });

function checkTangent(
  argument: tf.Tensor,
  tangent: unknown,
  differentiable: boolean,
  path: string,
): tf.Tensor | undefined {
  if (tangent === undefined || tangent === null) return undefined;
  if (!differentiable) throw strayTangent(path);
  if (isTensor(tangent) && tf.util.arraysEqual(tangent.shape, argument.shape)) return tangent;
  const got = isTensor(tangent) ? `[${tangent.shape.join(', ')}]` : typeof tangent;
  throw new ImplicitError(
    'bad-tensor',
    `rootJvp: the tangent of ${path} must have its shape [${argument.shape.join(', ')}], got ${got}`,
  );
}
