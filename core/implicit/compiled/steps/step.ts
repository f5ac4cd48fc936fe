import type { Value } from '../graph.ts';

/** One operation of a plan, on the memory that holds all of its values. */
export type Step = (memory: Float64Array) => void;

/** Where a value begins in that memory. */
export type Place = (value: Value) => number;
