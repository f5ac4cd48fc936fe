import type { ParentFunction } from '../concepts/recursion/masked-parent.ts';
import { parentIdOf, rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { Explanation } from '../concepts/explanation.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import { TesseraError } from '../errors.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { nearestNames } from '../nearest-names.ts';
import type { StageStore } from '../project/stage-store.ts';
import type { RunScope } from './run-context.ts';
import { sizeOf, type Tensor } from '../tensor.ts';

/** A concept, or a part, that can be split: what it is, and how strong it is where. */
export interface SplitParent extends Pick<ParentFunction, 'layer' | 'conceptBank' | 'column'> {
  readonly id: string;
  readonly name: string;
  /** Images in which it was looked for, as indices of the run's. */
  readonly images: readonly number[];
  /** U [P, r] of each of `images`; of a part zero outside its own parent's footprint. */
  readonly coefficients: readonly Matrix[];
  /** The footprint of each image [P], 1 inside; absent for a concept of the run, which may be anywhere. */
  readonly inside?: readonly Uint8Array[];
}

/** A run whose concepts are split. */
export interface SplitContext extends RunScope {
  readonly store: StageStore;
  readonly options: RunOptions;
  readonly explanation: Explanation;
}

/** Names of a split's arrays among those of the run. */
export function splitTensorName(
  parent: string,
  what: 'conceptBank' | 'coefficients' | 'footprint' | 'imageImportance' | 'maps' | 'maps.places',
): string {
  return `split.${parent}.${what}`;
}

/** Looks a concept or part up by its id; 'unknown-name' where the run has none. */
export function splitParent(
  explanation: Explanation,
  tensors: ReadonlyMap<string, Tensor>,
  id: string,
): SplitParent {
  const owner = parentIdOf(id);
  if (owner === undefined) {
    const concept = explanation.concepts.find((one) => one.id === id) ?? unknown(explanation, id);
    return {
      id,
      name: concept.name,
      layer: explanation.layer,
      column: rowOfId(id),
      conceptBank: matrixOf(tensors.get('conceptBank')),
      images: [...explanation.images.keys()],
      coefficients: matricesOf(tensors.get('coefficients')),
    };
  }
  const split = explanation.splits?.find(({ parent }) => parent === owner);
  const part = split?.parts.find((one) => one.id === id);
  if (split === undefined || part === undefined) return unknown(explanation, id);
  const { data, dims } = tensors.get(splitTensorName(owner, 'footprint')) as Tensor<'uint8'>;
  return {
    id,
    name: part.name,
    layer: split.layer,
    column: rowOfId(id),
    conceptBank: matrixOf(tensors.get(splitTensorName(owner, 'conceptBank'))),
    images: split.images,
    coefficients: matricesOf(tensors.get(splitTensorName(owner, 'coefficients'))),
    inside: Array.from({ length: dims[0] }, (_, image) =>
      data.subarray(image * dims[1], (image + 1) * dims[1]),
    ),
  };
}

/** Finds the id that a person names: an id, or a name (case does not matter), of a concept or part. */
export function findConceptId(explanation: Explanation, name: string): string {
  const all = [...explanation.concepts, ...(explanation.splits ?? []).flatMap(({ parts }) => parts)];
  const wanted = name.toLowerCase();
  const found = all.find((one) => one.id === wanted) ?? all.find((one) => one.name.toLowerCase() === wanted);
  return found?.id ?? unknown(explanation, name);
}

function unknown({ concepts, splits = [] }: Explanation, name: string): never {
  const names = [...concepts, ...splits.flatMap(({ parts }) => parts)].map((one) => one.name);
  throw new TesseraError('unknown-name', `The run has no concept called "${name}".`, {
    hint: `Nearest: ${nearestNames(name, names).join(', ')}.`,
  });
}

/** The run's matrix [rows, cols]. */
function matrixOf(tensor: Tensor | undefined): Matrix {
  const { dims, data } = tensor as Tensor<'float32'>;
  return matrix(dims[0], dims[1], data);
}

/** A stack of matrices [n, rows, cols], sharing its memory. */
function matricesOf(tensor: Tensor | undefined): Matrix[] {
  const { dims, data } = tensor as Tensor<'float32'>;
  const size = sizeOf(dims.slice(1));
  return Array.from({ length: dims[0] }, (_, i) =>
    matrix(dims[1], dims[2], data.subarray(i * size, (i + 1) * size)),
  );
}
