import { binary, comparisons, predicates, unary } from '../../float64/elementwise-kernels.ts';
import type { Attributes } from '../../float64/kernel.ts';
import type { Op } from '../graph.ts';
import type { Place, Step } from './step.ts';

/** A map of as many numbers as the kernel has operands, and no more: Math.max would count them in. */
type Scalar = (...operands: number[]) => number;

/** Maps that take attributes, or three numbers. */
const parametrised: Readonly<Record<string, (attrs: Attributes) => Scalar>> = {
  ClipByValue: (attrs) => {
    const [low, high] = [attrs.clipValueMin as number, attrs.clipValueMax as number];
    return (value) => (value < low ? low : value > high ? high : value);
  },
  EluGrad: () => (d, value) => (value >= 0 ? d : d * (value + 1)),
  LeakyRelu:
    ({ alpha }) =>
    (value) =>
      value < 0 ? (alpha as number) * value : value,
  Select: () => (condition, whenTrue, whenFalse) => (condition === 0 ? whenFalse : whenTrue),
  Step:
    ({ alpha }) =>
    (value) =>
      value > 0 ? 1 : value <= 0 ? (alpha as number) : NaN,
};

/** What an elementwise kernel does to the numbers at one place; undefined for other kernels. */
function scalarFunction(kernel: string, attrs: Attributes): Scalar | undefined {
  const plain = (unary[kernel] ?? binary[kernel]) as Scalar | undefined;
  if (plain) return plain;
  const test = (predicates[kernel] ?? comparisons[kernel]) as ((a: number, b: number) => boolean) | undefined;
  if (test) return (a, b) => Number(test(a, b));
  return parametrised[kernel]?.(attrs);
}

/** Whether a kernel maps two arrays, repeating the smaller one. */
export const isBinary = (kernel: string): boolean => kernel in binary || kernel in comparisons;

/** Whether an operation maps places of its operands to places of its result, in real numbers; single numbers may serve all. */
export function isAlignedElementwise({ kernel, inputs, outputs, attrs }: Op): boolean {
  if (outputs[0].dtype === 'int32' || inputs.some(({ dtype }) => dtype === 'int32')) return false;
  const fits = inputs.every(({ size }) => size === outputs[0].size || (size === 1 && kernel !== 'Select'));
  return fits && scalarFunction(kernel, attrs) !== undefined;
}

/** Runs a map over memory. */
export function elementwiseStep({ kernel, inputs, attrs, outputs: [output] }: Op, place: Place): Step {
  const f = scalarFunction(kernel, attrs)!;
  const to = place(output);
  const { size } = output;
  const [a, b, c] = inputs.map((value) => ({ at: place(value), by: value.size === 1 ? 0 : 1 }));
  if (!b)
    return (memory) => {
      for (let i = 0; i < size; i++) memory[to + i] = f(memory[a.at + i * a.by]);
    };
  if (!c)
    return (memory) => {
      for (let i = 0; i < size; i++) memory[to + i] = f(memory[a.at + i * a.by], memory[b.at + i * b.by]);
    };
  return (memory) => {
    for (let i = 0; i < size; i++)
      memory[to + i] = f(memory[a.at + i * a.by], memory[b.at + i * b.by], memory[c.at + i * c.by]);
  };
}
