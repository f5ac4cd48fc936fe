import type { ParentFunction } from '../concepts/recursion/masked-parent.ts';
import { parentIdOf, rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { Explanation } from '../concepts/explanation.ts';
import { TesseraError } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { nearestNames } from '../nearest-names.ts';
import type { RunTensors } from '../project/run-tensors.ts';

/** A concept, or a part, that can be decomposed: what it is, and how strong it is where. */
export interface ParentConcept extends Pick<ParentFunction, 'layer' | 'conceptBank' | 'column'> {
  readonly id: string;
  readonly name: string;
  /** Images in which it was looked for, as indices of the run's. */
  readonly images: readonly number[];
  /** U [P, r] of each of `images`; of a part zero outside its own parent's footprint. */
  readonly coefficients: readonly Matrix[];
  /** The footprint of each image [P], 1 inside; absent for a concept of the run, which may be anywhere. */
  readonly inside?: readonly Uint8Array[];
}

/** Looks a concept or part up by its id; 'unknown-name' where the run has none. */
export function parentConcept(explanation: Explanation, tensors: RunTensors, id: string): ParentConcept {
  const owner = parentIdOf(id);
  if (owner === undefined) {
    const concept = explanation.concepts.find((one) => one.id === id) ?? unknown(explanation, id);
    return {
      id,
      name: concept.name,
      layer: explanation.layer,
      column: rowOfId(id),
      conceptBank: tensors.conceptBank,
      images: [...explanation.images.keys()],
      coefficients: tensors.coefficients,
    };
  }
  const decomposition = explanation.splits?.find(({ parent }) => parent === owner);
  const part = decomposition?.parts.find((one) => one.id === id);
  const arrays = tensors.parts.get(owner);
  if (decomposition === undefined || part === undefined || arrays === undefined)
    return unknown(explanation, id);
  return {
    id,
    name: part.name,
    layer: decomposition.layer,
    column: rowOfId(id),
    conceptBank: arrays.conceptBank,
    images: decomposition.images,
    coefficients: arrays.coefficients,
    inside: arrays.footprint,
  };
}

function unknown({ concepts, splits = [] }: Explanation, name: string): never {
  const names = [...concepts, ...splits.flatMap(({ parts }) => parts)].map((one) => one.name);
  throw new TesseraError('unknown-name', `The run has no concept called "${name}".`, {
    hint: `Nearest: ${nearestNames(name, names).join(', ')}.`,
  });
}
