import { elementwiseKernels } from './elementwise-kernels.ts';
import { indexingKernels } from './indexing-kernels.ts';
import type { KernelTable } from './kernel.ts';
import { layoutKernels } from './layout-kernels.ts';
import { matmulKernels } from './matmul-kernels.ts';
import { reductionKernels } from './reduction-kernels.ts';

/** Every kernel there is in 64 bits, by TensorFlow.js's name. */
export const float64Kernels: KernelTable = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...matmulKernels,
  ...layoutKernels,
  ...indexingKernels,
};
