import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import { ImplicitError } from '../errors.ts';
import { registerGradients } from '../gradients/register-gradients.ts';
import { withTracer } from '../plain-code.ts';
import type { PlainCodeTracer } from '../plain-code.ts';
import { isRecording, withoutTape } from '../tape.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { Graph, Value } from './graph.ts';
import type { Closure } from './closure.ts';
import { differs, Script } from './script.ts';
import { isTracing, recording } from './trace-backend.ts';
import type { Recording } from './trace-backend.ts';
import { TraceFailure } from './trace-failure.ts';

/** Shape and type of an input. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** A function as a graph of kernels. */
export interface Trace {
  readonly graph: Graph;
  readonly outputs: readonly Value[];
  readonly closure: Closure;
}

/** A function from tensors to tensors. */
export type TensorFunction = (inputs: tf.Tensor[]) => readonly tf.Tensor[];

/**
 * Writes down what a function of tensors computes, by running it on tensors without values.
 *
 * It runs twice: what differs from one time to the next, such as random numbers, is no constant. Numbers and tensors that the
 * function closes over are, as they are now; its closure tells whether they still are. Throws TraceFailure where a value is read, a
 * kernel is unknown, or the two runs differ; and what the function itself throws.
 */
export function trace(run: TensorFunction, inputs: readonly InputSpec[]): Trace {
  registerGradients();
  const builder = new GraphBuilder();
  const into: Recording = { builder, script: new Script(), outside: new Map(), captured: new Map() };
  const given = inputs.map(({ shape, dtype }) => builder.input(shape, dtype));
  const outputs = runTraced(run, given, into);
  const isCurrent = (): boolean => {
    into.script.rewind();
    into.captured.clear();
    const again = runTraced(run, given, into);
    return into.script.isAtEnd && again.every((value, i) => value === outputs[i]);
  };
  if (!isCurrent()) throw differs();
  const closure: Closure = {
    captured: () => [...into.captured.values()].map(({ tensor }) => tensor),
    isUntouched: () =>
      [...into.captured.values()].every(
        ({ tensor, dataId }) => !tensor.isDisposed && tensor.dataId === dataId,
      ),
    isCurrent: () => {
      try {
        return isCurrent();
      } catch {
        // It asks for something else, or throws: whoever traces it anew learns what.
        return false;
      }
    },
  };
  return { graph: builder.graph, outputs, closure };
}

function runTraced(run: TensorFunction, given: readonly Value[], into: Recording): Value[] {
  const { builder, script } = into;
  return withoutTape(() =>
    recording(into, (tracer) => {
      const plainCode: PlainCodeTracer = {
        check: (tensor, check, ifGiven) => {
          const value = tracer.traced(tensor);
          if (!value) return false;
          const isComputed = value.base.op !== undefined;
          if (ifGiven && isComputed) return true;
          script.answer(`check ${value.id}`, () => {
            builder.check(value, check);
            return [];
          });
          return true;
        },
        derive: (tensors, shape, derive) => {
          const values = tensors.map((tensor) => tracer.standIn(tensor));
          const request = `derive ${values.map(({ id }) => id).join()} ${shape.join()} ${String(derive)}`;
          return tracer.made(script.answer(request, () => [builder.derive(values, shape, derive)])[0]);
        },
      };
      const found: Value[] = [];
      tf.tidy(() => {
        const results = withTracer(plainCode, () =>
          explainUnknownKernels(() => run(given.map((value) => tracer.made(value)))),
        );
        for (const tensor of results) found.push(tracer.standIn(tensor));
      });
      return found;
    }),
  );
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

/** Refuses to be called where a plan cannot run: inside another trace the function is written down as it is. */
export const runsAsItIs = (): boolean => isTracing() || isRecording();
export { isTracing };

/** Why a function could not be traced, if that is what an error says; other errors are the function's own. */
export function traceFailure(error: unknown): string | undefined {
  if (error instanceof TraceFailure) return error.message;
  return error instanceof ImplicitError && error.cause !== undefined ? traceFailure(error.cause) : undefined;
}
