import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { registerGradients } from '../gradients/register-gradients.ts';
import { withTracer } from '../plain-code.ts';
import type { PlainCodeTracer } from '../plain-code.ts';
import { isRecording, withoutTape } from '../tape.ts';
import { GraphBuilder } from './graph-builder.ts';
import { attributesKey } from './graph.ts';
import type { Graph, Value } from './graph.ts';
import { isTracing, recording, TraceFailure } from './trace-backend.ts';
import type { Captured, Recording } from './trace-backend.ts';

/** Shape and type of an input. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** A function as a graph of kernels. */
export interface Trace {
  readonly graph: Graph;
  readonly outputs: readonly Value[];
  /** Tensors the function closes over. Their values are constants of the graph, for as long as these are unchanged. */
  readonly captured: readonly Captured[];
}

/** A function from tensors to tensors. */
export type TensorFunction = (inputs: tf.Tensor[]) => readonly tf.Tensor[];

/**
 * Writes down what a function of tensors computes, by running it on tensors without values.
 *
 * It runs twice: what differs from one time to the next, such as random numbers, is no constant. Numbers that the function
 * closes over are, as they are now. Throws TraceFailure where a value is read, a kernel is unknown, or the two runs differ;
 * and what the function itself throws.
 */
export function trace(run: TensorFunction, inputs: readonly InputSpec[]): Trace {
  registerGradients();
  const first = traceOnce(run, inputs);
  const second = traceOnce(run, inputs);
  if (textOf(first) !== textOf(second))
    throw new TraceFailure(
      'computes something else every time it runs: random numbers, or a state it changes',
    );
  return first;
}

function traceOnce(run: TensorFunction, specs: readonly InputSpec[]): Trace {
  const builder = new GraphBuilder();
  const into: Recording = { builder, captured: new Map() };
  const outputs = withoutTape(() =>
    recording(into, (tracer) => {
      const plainCode: PlainCodeTracer = {
        check: (tensor, check, ifGiven) => {
          const value = tracer.traced(tensor);
          const isComputed = value !== undefined && value.base.op !== undefined;
          if (value && !(ifGiven && isComputed)) builder.check(value, check);
          return value !== undefined;
        },
        derive: (tensors, shape, derive) => {
          const values = tensors.map((tensor) => tracer.standIn(tensor));
          return tracer.made(builder.derive(values, shape, derive));
        },
      };
      const found: Value[] = [];
      tf.tidy(() => {
        const made = specs.map(({ shape, dtype }) => tracer.made(builder.input(shape, dtype)));
        const results = withTracer(plainCode, () => explainUnknownKernels(() => run(made)));
        for (const tensor of results) found.push(tracer.standIn(tensor));
      });
      return found;
    }),
  );
  return { graph: builder.graph, outputs, captured: [...into.captured.values()] };
}

/** TensorFlow.js says in its own words that a backend lacks a kernel. */
function explainUnknownKernels<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const kernel = /[Kk]ernel '(\w+)'.*(?:not registered|for backend)/.exec((error as Error).message)?.[1];
    if (kernel === undefined) throw error;
    throw new TraceFailure(`uses the operation ${kernel}, which plans do not have`);
  }
}

/** All of a trace that a plan depends on, as text. */
function textOf({ graph, outputs }: Trace): string {
  const seen = new Map<number, string>();
  const describe = (value: Value): string => {
    const known = seen.get(value.id);
    if (known !== undefined) return known;
    const text = value.constant
      ? `${value.dtype}${value.shape.join()}=${digest(value.constant)}`
      : `${value.base.id}:${value.shape.join()}`;
    seen.set(value.id, text);
    return text;
  };
  const ops = graph.ops.map(
    ({ kernel, inputs, attrs }) => `${kernel}(${inputs.map(describe).join(' ')})${attributesKey(attrs)}`,
  );
  return [...ops, ...outputs.map(describe), ...graph.checks.map(({ value }) => describe(value))].join('\n');
}

/** Two polynomial hashes of the bits of numbers. */
function digest(values: ArrayLike<number>): string {
  const bits = new Int32Array(Float64Array.from(values).buffer);
  let [a, b] = [7, 11];
  for (const word of bits) [a, b] = [(Math.imul(a, 31) + word) | 0, (Math.imul(b, 1_000_003) ^ word) | 0];
  return `${values.length}/${a}/${b}`;
}

/** Refuses to be called where a plan cannot run: inside another trace the function is written down as it is. */
export const runsAsItIs = (): boolean => isTracing() || isRecording();
export { isTracing };

/** Why a function could not be traced, if that is what an error says; other errors are the function's own. */
export function traceFailure(error: unknown): string | undefined {
  if (error instanceof TraceFailure) return error.message;
  return error instanceof ImplicitError && error.cause !== undefined ? traceFailure(error.cause) : undefined;
}
