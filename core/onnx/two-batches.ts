import { TesseraError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import type { Dimension, Model, ValueInfo } from './graph.ts';
import { propagate } from './propagate.ts';
import type { PropagateOptions } from './propagate.ts';
import type { TensorFact } from './shape-rules/rule.ts';

/** What is known of each tensor, by name. */
export type Facts = ReadonlyMap<string, TensorFact>;
/** Sizes of the inputs by name; axis 0 is the batch. */
export type InputDims = ReadonlyMap<string, readonly number[]>;

/** Facts at two batch sizes: what differs between them depends on the batch. */
export interface TwoBatches {
  readonly batches: readonly [number, number];
  readonly facts: readonly [Facts, Facts];
}

/** The same input sizes at another batch size. */
export function withBatch(inputDims: InputDims, batch: number): InputDims {
  return new Map([...inputDims].map(([name, dims]) => [name, [batch, ...dims.slice(1)]]));
}

/** Facts at batch sizes 2 and 3, or at the given one twice when the model accepts no other. Throws as propagate. */
export function atTwoBatches(model: Model, inputDims: InputDims, options: PropagateOptions): TwoBatches {
  try {
    const [first, second] = [2, 3].map((batch) => propagate(model, withBatch(inputDims, batch), options));
    return { batches: [2, 3], facts: [first, second] };
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    const own = inputDims.values().next().value?.[0] ?? 1;
    const only = propagate(model, inputDims, options);
    return { batches: [own, own], facts: [only, only] };
  }
}

function sameValue(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (a.dims.join() !== b.dims.join()) return false;
  for (let i = 0; i < a.data.length; i++) if (!Object.is(a.data[i], b.data[i])) return false;
  return true;
}

/** The value of a tensor that is the same constant at every batch size. */
export function constantIn({ facts: [a, b] }: TwoBatches, name: string): Tensor | undefined {
  const [first, second] = [a.get(name)?.value, b.get(name)?.value];
  return first && second && sameValue(first, second) ? first : undefined;
}

/** The axis of a tensor that is exactly the batch, or -1. */
export function batchAxisIn({ facts, batches }: TwoBatches, name: string): number {
  const [a, b] = facts.map((known) => known.get(name)?.dims ?? []);
  return a.findIndex((size, axis) => size !== b[axis] && size === batches[0] && b[axis] === batches[1]);
}

/** Declared type of a tensor, with its batch axis named "batch" and multiples of the batch left open. */
export function valueInfoIn({ facts: [a, b], batches }: TwoBatches, name: string): ValueInfo {
  const [first, second] = [a.get(name), b.get(name)];
  const dims = first?.dims.map((size, axis): Dimension => {
    const other = second?.dims[axis];
    if (size === other) return size;
    return size === batches[0] && other === batches[1] ? 'batch' : undefined;
  });
  return { name, type: first?.type ?? 'float32', dims };
}

/** Input sizes at batch 1 as the model declares them, with those given instead where they are. */
export function declaredInputDims({ graph }: Model, given: InputDims = new Map()): InputDims {
  return new Map(
    graph.inputs.map(({ name, dims = [] }) => {
      const own = dims.map((dim, axis) =>
        typeof dim === 'number' && dim > 0 ? dim : axis === 0 ? 1 : undefined,
      );
      const known = own.filter((dim) => dim !== undefined);
      const sizes = given.get(name) ?? (known.length === own.length ? known : undefined);
      if (sizes) return [name, sizes] as const;
      throw new TesseraError(
        'bad-model',
        `The model takes images of any size: ${name} [${dims.map((dim) => dim ?? '?').join(', ')}].`,
        {
          hint: 'Say for which height and width it is to be used.',
        },
      );
    }),
  );
}
