import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import { allocate, sizeOfShape } from '../float64/dense.ts';
import type { Dense, Values } from '../float64/dense.ts';
import { float64Kernels } from '../float64/kernel-tables.ts';
import type { Attributes } from '../float64/kernel.ts';
import type { Derive } from '../plain-code.ts';
import { attributesKey } from './graph.ts';
import type { Check, Graph, KernelWriter, Op, Value } from './graph.ts';
import { alignedOperands, rewriteOf } from './rewrites.ts';
import { isBinary } from './steps/elementwise.ts';

/** Constants of at most so many numbers are compared by value, larger ones by identity. */
const SMALL = 64;

/**
 * Collects what a function computes: constants are folded, equal computations shared, changes of shape cost nothing.
 * Kernels are those of the float64 backend, whose results on zeros also tell shapes and types.
 */
export class GraphBuilder implements KernelWriter {
  readonly #ops: Op[] = [];
  readonly #inputs: Value[] = [];
  readonly #checks: Check[] = [];
  readonly #known = new Map<string, readonly Value[]>();
  #count = 0;

  get graph(): Graph {
    return { inputs: this.#inputs, ops: this.#ops, checks: this.#checks };
  }

  /** A value that is given anew to every call. */
  input(shape: readonly number[], dtype: DataType): Value {
    const value = this.#value(shape, dtype);
    this.#inputs.push(value);
    return value;
  }

  constant({ shape, dtype, values }: Dense): Value {
    if (values.length > SMALL) return this.#value(shape, dtype, { constant: values });
    const key = `constant ${dtype} ${shape.join()} ${attributesKey(values)}`;
    return this.#once(key, () => [this.#value(shape, dtype, { constant: values })])[0];
  }

  view(value: Value, shape: readonly number[], dtype = value.dtype): Value {
    if (tf.util.arraysEqual([...value.shape], [...shape]) && dtype === value.dtype) return value;
    if (value.constant) return this.constant({ shape: [...shape], dtype, values: value.constant });
    const key = `view ${value.base.id} ${shape.join()} ${dtype}`;
    return this.#once(key, () => [this.#value(shape, dtype, { base: value.base })])[0];
  }

  check(value: Value, check: (values: Float64Array) => void): void {
    if (value.constant) check(Float64Array.from(value.constant));
    else this.#checks.push({ value, check });
  }

  apply(kernel: string, operands: Readonly<Record<string, Value>>, attrs: Attributes): readonly Value[] {
    const rewritten = rewriteOf(this, kernel, operands, attrs);
    if (rewritten) return rewritten;
    const inputs = isBinary(kernel) ? alignedOperands(this, operands) : operands;
    const names = Object.keys(inputs);
    const given = Object.values(inputs);
    if (given.every(({ constant }) => constant !== undefined))
      return evaluate(kernel, inputs, attrs).map((dense) => this.constant(dense));
    const key = `${kernel} ${names.join()} ${given.map(({ id }) => id).join()} ${attributesKey(attrs)}`;
    return this.#once(key, () => {
      const outputs: Value[] = [];
      const op: Op = { kernel, names, inputs: given, attrs, outputs };
      for (const { shape, dtype } of evaluate(kernel, inputs, attrs))
        outputs.push(this.#value(shape, dtype, { op }));
      this.#ops.push(op);
      return outputs;
    });
  }

  /** Numbers that plain code makes of others. */
  derive(inputs: readonly Value[], shape: readonly number[], derive: Derive): Value {
    const known = inputs.map(({ constant }) => constant);
    if (known.every((values) => values !== undefined)) {
      const values = derive(...known.map((numbers) => Float64Array.from(numbers)));
      return this.constant({ shape: [...shape], dtype: 'float32', values });
    }
    const outputs: Value[] = [];
    const names = inputs.map((_, i) => String(i));
    const op: Op = { kernel: 'Derived', names, inputs, attrs: { derive }, outputs };
    outputs.push(this.#value(shape, 'float32', { op }));
    this.#ops.push(op);
    return outputs[0];
  }

  #once(key: string, make: () => readonly Value[]): readonly Value[] {
    const known = this.#known.get(key);
    if (known) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }

  #value(
    shape: readonly number[],
    dtype: DataType,
    rest: { base?: Value; op?: Op; constant?: Values } = {},
  ): Value {
    const value = {
      id: this.#count++,
      shape: [...shape],
      size: sizeOfShape(shape),
      dtype,
      op: rest.op,
      constant: rest.constant,
    };
    return Object.assign(value, { base: rest.base ?? value }) as Value;
  }
}

/** Runs a kernel on known values, and on zeros in the place of others. */
function evaluate(kernel: string, inputs: Readonly<Record<string, Value>>, attrs: Attributes): Dense[] {
  const dense: Record<string, Dense> = {};
  for (const [name, { shape, dtype, size, constant }] of Object.entries(inputs))
    dense[name] = { shape: [...shape], dtype, values: constant ?? allocate(dtype, size) };
  return [float64Kernels[kernel](dense, attrs)].flat();
}
