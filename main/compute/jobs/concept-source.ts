import { strongest } from '../../../core/concepts/strongest.ts';
import type { Box, Explanation, LayerRecord } from '../../../core/concepts/explanation.ts';
import { positionBoxes } from '../../../core/concepts/gallery.ts';
import { parentIdOf } from '../../../core/concepts/recursion/concept-tree.ts';
import { frameOf, type Preprocessing } from '../../../core/images/preprocessing.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import type { StoredOwnConcept } from '../../../core/concepts/own/own-concept.ts';
import { parentConcept } from '../../../core/pipeline/parent-concept.ts';
import type { RunTensors } from '../../../core/project/run-tensors.ts';

/** A concept's coefficients, or a part's, in the images in which it was looked for. */
export interface ConceptSource {
  /** U [positions, r] of each of `images`. */
  readonly coefficients: readonly Matrix[];
  /** The part of the picture that each grid position stands for. */
  readonly boxes: readonly Box[];
  /** Positions before the grid (a class token). */
  readonly firstPosition: number;
  readonly layer: LayerRecord;
  /** Index in the run of each image. */
  readonly images: readonly number[];
  readonly column: number;
  /** Largest coefficient in any image. */
  readonly maximum: number;
  /** See {@link RunTensors}; of concepts of the run alone. */
  readonly strengths?: readonly Float32Array[];
  readonly counts?: Int32Array;
}

/** Where a concept, or a part of one, is; throws 'unknown-name'. */
export function sourceOf(
  explanation: Explanation,
  tensors: RunTensors,
  concept: string,
  runBoxes: readonly Box[],
  preprocessing: Preprocessing,
): ConceptSource {
  const { layer, images, column, coefficients } = parentConcept(explanation, tensors, concept);
  const isWhole = parentIdOf(concept) === undefined;
  const parts = explanation.splits?.find(({ parent }) => parent === parentIdOf(concept))?.parts;
  const patch = parts?.flatMap(({ crops }) => crops)[0]?.box[2];
  const boxes = patch === undefined ? runBoxes : positionBoxes(layer, frameOf(preprocessing), patch);
  return {
    layer,
    images,
    column,
    coefficients,
    boxes,
    firstPosition: coefficients[0].rows - boxes.length,
    maximum: maximaOf(isWhole ? tensors.strengths : coefficients.map(strongest))[column],
    ...(isWhole && { strengths: tensors.strengths }),
    ...(isWhole && tensors.counts && { counts: tensors.counts }),
  };
}

/** Where an own concept is: in the explained images, at the run's own layer. */
export function ownSource(
  { tensors }: StoredOwnConcept,
  layer: LayerRecord,
  boxes: readonly Box[],
): ConceptSource {
  const coefficients = tensors.amounts.map((amounts) => matrix(amounts.length, 1, amounts));
  return {
    layer,
    images: [...coefficients.keys()],
    column: 0,
    coefficients,
    boxes,
    firstPosition: coefficients[0].rows - boxes.length,
    maximum: maximaOf(coefficients.map(strongest))[0],
  };
}

const known = new WeakMap<readonly Float32Array[], Float32Array>();

/** Largest strength of each concept [r] in any image; looked for once. */
export function maximaOf(strengths: readonly Float32Array[]): Float32Array {
  const before = known.get(strengths);
  if (before !== undefined) return before;
  const maxima = new Float32Array(strengths[0].length);
  for (const own of strengths) own.forEach((value, i) => (maxima[i] = Math.max(maxima[i], value)));
  known.set(strengths, maxima);
  return maxima;
}
