import type { Op } from '../graph.ts';
import type { PlanKernel } from '../plan-memory.ts';
import type { Place, Step } from './step.ts';

/** C [n, m] = A [n, k] · B [k, m], either of them stored transposed, for one pair of matrices or as many side by side. */
export interface Product {
  readonly batch: number;
  readonly n: number;
  readonly k: number;
  readonly m: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The product that an operation is; undefined for other operations and for batches that repeat one side. */
export function productOf({ kernel, inputs: [a, b], attrs, outputs: [c] }: Op): Product | undefined {
  if (kernel !== 'BatchMatMul') return undefined;
  const [n, m] = c.shape.slice(-2) as [number, number];
  const [transposeA, transposeB] = [attrs.transposeA === true, attrs.transposeB === true];
  const k = a.shape.at(transposeA ? -2 : -1)!;
  const batch = c.size / Math.max(n * m, 1);
  if (a.size !== batch * n * k || b.size !== batch * k * m) return undefined;
  return { batch, n, k, m, transposeA, transposeB };
}

/**
 * Multiplies in memory, by WebAssembly where there is a kernel for it. Sums run over the inner index in order, but for
 * products of rows by WebAssembly, which add even and odd places by themselves.
 */
export function matmulStep(op: Op, product: Product, place: Place, kernel: PlanKernel | undefined): Step {
  const { batch, n, k, m } = product;
  const [a, b] = op.inputs.map(place);
  const c = place(op.outputs[0]);
  const one = (kernel && byKernel(kernel, product)) ?? byLoops(product);
  return (memory) => {
    for (let p = 0; p < batch; p++) one(memory, a + p * n * k, b + p * k * m, c + p * n * m);
  };
}

/** Row by row of the result, each a product of a matrix and a vector; undefined where both are stored transposed. */
function byKernel(kernel: PlanKernel, { n, k, m, transposeA, transposeB }: Product): At | undefined {
  if (k === 0 || n * m === 0) return undefined;
  const rowsTimes = (a: number, rows: number, b: number, c: number): void =>
    kernel.timesVector(8 * a, 8 * b, 8 * c, 8 * k, 8 * (c + rows));
  const columnsTimes = (a: number, width: number, b: number, step: number, c: number): void =>
    kernel.transposedTimesVector(
      8 * a,
      8 * b,
      8 * step,
      8 * c,
      8 * width,
      8 * (a + (k - (k % 4)) * width),
      8 * (a + k * width),
    );
  // A vector is stored in the same way whether it is transposed or not.
  if (m === 1 && !transposeA) return (_, a, b, c) => rowsTimes(a, n, b, c);
  if (m === 1) return (_, a, b, c) => columnsTimes(a, n, b, 1, c);
  if (!transposeB)
    return (_, a, b, c) => {
      for (let i = 0; i < n; i++)
        columnsTimes(b, m, transposeA ? a + i : a + i * k, transposeA ? n : 1, c + i * m);
    };
  if (transposeA) return undefined;
  return (_, a, b, c) => {
    for (let i = 0; i < n; i++) rowsTimes(b, m, a + i * k, c + i * m);
  };
}

function byLoops(product: Product): At {
  return product.m === 1 ? timesVector(product) : timesMatrix(product);
}

/** One product, of matrices that begin at these places. */
type At = (memory: Float64Array, a: number, b: number, c: number) => void;

/** A · b, in the order in which A lies in memory. */
function timesVector({ n, k, transposeA }: Product): At {
  if (!transposeA)
    return (memory, a, b, c) => {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += memory[a + i * k + l] * memory[b + l];
        memory[c + i] = sum;
      }
    };
  return (memory, a, b, c) => {
    memory.fill(0, c, c + n);
    for (let l = 0; l < k; l++) {
      const factor = memory[b + l];
      for (let i = 0; i < n; i++) memory[c + i] += memory[a + l * n + i] * factor;
    }
  };
}

function timesMatrix({ n, k, m, transposeA, transposeB }: Product): At {
  const [rowA, inA] = transposeA ? [1, n] : [k, 1];
  const [inB, colB] = transposeB ? [1, k] : [m, 1];
  return (memory, a, b, c) => {
    memory.fill(0, c, c + n * m);
    for (let i = 0; i < n; i++) {
      for (let l = 0; l < k; l++) {
        const factor = memory[a + i * rowA + l * inA];
        const from = b + l * inB;
        for (let j = 0; j < m; j++) memory[c + i * m + j] += factor * memory[from + j * colB];
      }
    }
  };
}
