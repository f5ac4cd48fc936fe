import { TesseraError } from '../errors.ts';
import { createRandom, type Random } from '../random.ts';
import type { Tensor } from '../tensor.ts';
import type { Graph, Model } from './graph.ts';

/** Operators whose initializers are weights in whatever shape. */
const PRODUCTS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Einsum']);

/**
 * The model with random weights, for the check that an explanation depends on what the model has learned.
 *
 * Every float initializer of rank >= 2 gets independent normal values with the mean and standard deviation of the
 * ones it had, so that activations keep their order of magnitude. 16-bit floats are shuffled instead: mean and
 * deviation remain exact without conversions. Kept: vectors and scalars (batch norm, biases), and what has
 * at most one axis longer than 1 and enters no product (a scale or slope for each channel, written [C, 1, 1]).
 *
 * Limits   weights made by nodes (Constant, dequantisation) are kept; fold constants first. Graphs inside If and Loop are kept.
 * Throws   TesseraError 'bad-model' when there is nothing to replace.
 * Source   Adebayo et al. 2018, "Sanity Checks for Saliency Maps" (model parameter randomisation; there by the
 *          initial distribution, which a file does not tell).
 */
export function randomiseWeights(model: Model, seed: number): Model {
  const random = createRandom(seed);
  const { graph } = model;
  const multiplied = productOperands(graph);
  let replaced = 0;
  const initializers = new Map<string, Tensor>();
  for (const [name, tensor] of graph.initializers) {
    const isWeight = tensor.dims.length >= 2 && (multiplied.has(name) || isSpread(tensor));
    const drawn = isWeight ? redrawn(tensor, random) : undefined;
    if (drawn) replaced++;
    initializers.set(name, drawn ?? tensor);
  }
  if (replaced === 0) {
    throw new TesseraError('bad-model', 'The model has no floating-point weights that could be randomised.', {
      hint: 'Use a model that is not quantised, with its weights stored as initializers.',
    });
  }
  return { ...model, graph: { ...graph, initializers } };
}

function productOperands({ nodes }: Graph): ReadonlySet<string> {
  return new Set(nodes.filter(({ opType }) => PRODUCTS.has(opType)).flatMap(({ inputs }) => inputs));
}

const isSpread = ({ dims }: Tensor): boolean => dims.filter((size) => size > 1).length >= 2;

/** Random values in place of the tensor's; undefined when it holds no floats, or infinite ones as attention masks do. */
function redrawn(tensor: Tensor, random: Random): Tensor | undefined {
  const { type, data } = tensor;
  if (type === 'float32' || type === 'float64') {
    const drawn = normalLike(data as Float32Array | Float64Array, random);
    return drawn && { ...tensor, data: drawn };
  }
  if (type !== 'float16' && type !== 'bfloat16') return undefined;
  const patterns = data as Uint16Array;
  return { ...tensor, data: Uint16Array.from(random.permutation(patterns.length), (from) => patterns[from]) };
}

/** Normal values with the mean and the (population) standard deviation of the given ones. */
function normalLike<T extends Float32Array | Float64Array>(values: T, random: Random): T | undefined {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  if (!Number.isFinite(deviation)) return undefined;
  const drawn = values.slice() as T;
  for (let i = 0; i < drawn.length; i++) drawn[i] = mean + deviation * random.normal();
  return drawn;
}
