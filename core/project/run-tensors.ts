import type { CodedBank } from '../linalg/coded-bank.ts';
import type { Matrix } from '../linalg/matrix.ts';

/** A concept (row of its bank) in an image (index in the run). */
export interface MapPlace {
  readonly concept: number;
  readonly image: number;
}

/** Concepts drawn in images by one method. */
export interface DrawnMaps {
  readonly size: readonly [height: number, width: number];
  readonly places: readonly MapPlace[];
  /** [height · width] of each place. */
  readonly maps: readonly Float32Array[];
}

/** The arrays of the parts of one concept, in the images in which they were looked for. */
export interface PartTensors {
  /** [k, p'] */
  readonly conceptBank: Matrix;
  /** [positions, k] of each image, 0 outside the footprint. */
  readonly coefficients: readonly Matrix[];
  /** [positions] of each image: 1 where the parent is. */
  readonly footprint: readonly Uint8Array[];
  /** [k] for each image in which it was estimated. */
  readonly imageImportance: readonly Float64Array[];
  /** Absent in runs from before parts were drawn. */
  readonly maps?: DrawnMaps;
}

/** The arrays of a run that grow with its images, in their order; those of a stored run are read as they are asked for. */
export interface ImageArrays {
  /** U(x) [positions, r] of each image. */
  readonly coefficients: readonly Matrix[];
  /** Total index of every concept [r] in each image. */
  readonly imageImportance: readonly Float64Array[];
  /** Largest coefficient of every concept [r] in each image. */
  readonly strengths: readonly Float32Array[];
  /** Places where every concept is [r], over all images; absent where nobody has counted. */
  readonly counts?: Int32Array;
}

/** The arrays of a finished run, in the order of its images and of its bank. */
export interface RunTensors extends ImageArrays {
  /** W [r, p], with how many of them a row may have. */
  readonly conceptBank: CodedBank;
  /** By method; those that are drawn from the coefficients are not stored. */
  readonly maps: ReadonlyMap<string, DrawnMaps>;
  /** By the id of the concept, or part, that was decomposed. */
  readonly parts: ReadonlyMap<string, PartTensors>;
}
