import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel } from '../../../core/onnx/proto.ts';
import type { Model } from '../../../core/onnx/graph.ts';
import { createRandom } from '../../../core/random.ts';
import { float32, sizeOf } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { readSafetensors } from '../../fixtures/read-safetensors.ts';

const kept = join(import.meta.dirname, '../../fixtures/vjp');
const shared = join(import.meta.dirname, '../../../../shared');

/** Whether the large reference data stands beside the project. */
export const hasShared = existsSync(join(shared, 'reference/vjp'));

export interface Cut {
  readonly index: number;
  readonly tensor: string;
  readonly same_value_tensors: readonly string[];
  readonly bypass: 'none' | 'shape-only';
}

/** A model whose latent activations and outputs were computed in float64 by torch. */
export interface ReferenceModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly model: Model;
  readonly cuts: readonly Cut[];
  readonly tensors: Map<string, Tensor<'float32'>>;
}

const namesIn = (folder: string) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => file.slice(0, -5));

/** Names of the reference models: all where the reference data is present, else the three kept ones. */
export const referenceNames: readonly string[] = namesIn(hasShared ? join(shared, 'reference/vjp') : kept);

export function referenceModel(name: string): ReferenceModel {
  const folder = existsSync(join(kept, `${name}.onnx`)) ? kept : join(shared, 'reference/vjp');
  const bytes = new Uint8Array(readFileSync(join(folder, `${name}.onnx`)));
  const { cuts } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { cuts: readonly Cut[] };
  return {
    name,
    bytes,
    model: decodeModel(bytes),
    cuts,
    tensors: readSafetensors(join(folder, `${name}.safetensors`)),
  };
}

/** Names of the full-size models, when present. */
export const fullSizeNames = hasShared ? namesIn(join(shared, 'data/models')) : [];

export const fullSizeBytes = (name: string) =>
  new Uint8Array(readFileSync(join(shared, `data/models/${name}.onnx`)));

/** Standard normal values. */
export function randomTensor(dims: readonly number[], seed: number): Tensor<'float32'> {
  const random = createRandom(seed);
  return float32(
    Float32Array.from({ length: sizeOf(dims) }, () => random.normal()),
    dims,
  );
}

/** The model's only input with its free dimensions replaced. */
export function randomInput(model: Model, batch: number, seed = 7): Record<string, Tensor> {
  const [{ name, dims = [] }] = model.graph.inputs;
  const concrete = dims.map((dim) => (typeof dim === 'number' ? dim : batch));
  return { [name]: randomTensor(concrete, seed) };
}
