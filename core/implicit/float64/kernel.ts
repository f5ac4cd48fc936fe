import type { Dense } from './dense.ts';

/** Attributes as tfjs hands them to a kernel; each kernel knows the type of its own. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A pure function from dense arrays to dense arrays. Array inputs of tfjs arrive under the keys '0', '1', …. */
export type DenseKernel = (inputs: Readonly<Record<string, Dense>>, attrs: Attributes) => Dense | Dense[];

/** Kernels by the names that TensorFlow.js calls them by. */
export type KernelTable = Readonly<Record<string, DenseKernel>>;
