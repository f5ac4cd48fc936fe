import fc from 'fast-check';
import type { Model } from '../../../../core/onnx/graph.ts';
import { float32, int64, type Tensor } from '../../../../core/tensor.ts';
import { createRandom, type Random } from '../../../../core/random.ts';
import { randomTensor } from '../../onnx/example-models.ts';
import { smallModel, type ShortNode } from '../graphs.ts';

/** A tensor of maps of a network under construction. */
interface Maps {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

const LAYERS = [
  'conv',
  'conv',
  'depthwise',
  'relu',
  'relu',
  'clip',
  'maxPool',
  'averagePool',
  'norm',
  'scale',
  'shift',
  'residual',
  'branches',
  'dense',
  'padded',
] as const;
type Layer = (typeof LAYERS)[number];

/** What a random network is grown from. */
export const networkSeeds = fc.record({
  seed: fc.nat(),
  layers: fc.array(fc.constantFrom(...LAYERS), { minLength: 2, maxLength: 9 }),
  height: fc.integer({ min: 4, max: 13 }),
  width: fc.integer({ min: 4, max: 21 }),
  isChannelsLast: fc.boolean(),
});
export type NetworkSeed = typeof networkSeeds extends fc.Arbitrary<infer T> ? T : never;

/** A network of the layers, in the order given, and its input's shape. Its output is the model's. */
export function growNetwork({ seed, layers, height, width, isChannelsLast }: NetworkSeed): {
  model: Model;
  xDims: readonly number[];
} {
  const grower = new Grower(seed);
  const xDims = isChannelsLast ? [1, height, width, 3] : [1, 3, height, width];
  let maps: Maps = { name: 'x', channels: 3, height, width };
  if (isChannelsLast) maps = { ...maps, name: grower.add('Transpose', ['x'], { perm: [0, 3, 1, 2] }) };
  for (const layer of layers) maps = grower.grow(layer, maps);
  // A ReLU in front, lest a network end without a mask.
  grower.add('Relu', [maps.name]);
  return { model: smallModel({ x: xDims }, grower.nodes, grower.constants), xDims };
}

class Grower {
  readonly nodes: ShortNode[] = [];
  readonly constants: Record<string, Tensor> = {};
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  add(opType: string, inputs: readonly string[], values: ShortNode[3] = {}): string {
    const name = `${opType.toLowerCase()}_${this.nodes.length}`;
    this.nodes.push([opType, inputs, [name], values]);
    return name;
  }

  grow(layer: Layer, maps: Maps): Maps {
    switch (layer) {
      case 'conv':
        return this.#conv(maps, this.#between(1, 9), 1);
      case 'depthwise':
        return this.#conv(maps, maps.channels, maps.channels);
      case 'relu':
        return { ...maps, name: this.add('Relu', [maps.name]) };
      case 'clip': {
        const bounds = [this.#constant(float32(Float32Array.of(-0.2), [])), this.#constant(scalar(0.6))];
        return { ...maps, name: this.add('Clip', [maps.name, ...bounds]) };
      }
      case 'maxPool':
        return this.#pool('MaxPool', maps);
      case 'averagePool':
        return this.#pool('AveragePool', maps);
      case 'norm':
        return { ...maps, name: this.#norm(maps) };
      case 'scale':
        return { ...maps, name: this.add('Mul', [maps.name, this.#perChannel(maps)]) };
      case 'shift':
        return { ...maps, name: this.add('Sub', [this.#perChannel(maps), maps.name]) };
      case 'residual': {
        const inner = this.#conv(maps, maps.channels, 1, { kernel: 3, stride: 1, pad: 1 });
        return { ...maps, name: this.add('Add', [maps.name, inner.name]) };
      }
      case 'branches': {
        const same = { kernel: 3, stride: 1, pad: 1 };
        const [left, right] = [this.#conv(maps, 3, 1, same), this.#conv(maps, 2, 1, same)];
        const joined = [this.add('Relu', [left.name]), this.add('Relu', [right.name])];
        return { ...maps, channels: 5, name: this.add('Concat', joined, { axis: 1 }) };
      }
      case 'padded': {
        const pads = this.#constant(int64([0, 0, 1, 0, 0, 0, 0, 2]));
        const name = this.add('Pad', [maps.name, pads]);
        const { height, width, channels } = maps;
        return this.#conv({ name, channels, height: height + 1, width: width + 2 }, 4, 1);
      }
      case 'dense': {
        // As in DenseNet: what comes in goes on beside what is made of it.
        const made = this.#conv(maps, 4, 1, { kernel: 1, stride: 1, pad: 0 });
        const name = this.add('Concat', [maps.name, this.add('Relu', [made.name])], { axis: 1 });
        return { ...maps, channels: maps.channels + 4, name };
      }
    }
  }

  #conv(
    maps: Maps,
    channels: number,
    group: number,
    given?: { kernel: number; stride: number; pad: number },
  ): Maps {
    const { kernel, stride, pad } = given ?? this.#window(maps);
    const weight = this.#constant(
      randomTensor([channels, maps.channels / group, kernel, kernel], this.#seed()),
    );
    const bias = this.#constant(randomTensor([channels], this.#seed()));
    const name = this.add('Conv', [maps.name, weight, bias], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      group,
    });
    return { ...pooledSizes(maps, kernel, stride, 2 * pad), channels, name };
  }

  #pool(opType: string, maps: Maps): Maps {
    const { kernel, stride, pad } = this.#window(maps);
    const name = this.add(opType, [maps.name], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, 0, 0, pad],
      ...(opType === 'AveragePool' && { count_include_pad: this.#between(0, 1) }),
    });
    return { ...pooledSizes(maps, kernel, stride, pad), channels: maps.channels, name };
  }

  #norm(maps: Maps): string {
    const random = () => randomTensor([maps.channels], this.#seed());
    const variance = float32(
      random().data.map((value) => value * value + 0.1),
      [maps.channels],
    );
    const names = [random(), random(), random(), variance].map((tensor) => this.#constant(tensor));
    return this.add('BatchNormalization', [maps.name, ...names]);
  }

  #perChannel(maps: Maps): string {
    return this.#constant(randomTensor([1, maps.channels, 1, 1], this.#seed()));
  }

  #constant(tensor: Tensor): string {
    const name = `constant_${Object.keys(this.constants).length}`;
    this.constants[name] = tensor;
    return name;
  }

  /** A window that leaves at least four rows and columns. */
  #window({ height, width }: Maps): { kernel: number; stride: number; pad: number } {
    const kernel = this.#between(1, 3);
    const stride = Math.min(height, width) >= 10 ? this.#between(1, 2) : 1;
    const pad =
      Math.min(height, width) <= 5 ? Math.floor(kernel / 2) : this.#between(0, Math.floor(kernel / 2));
    return { kernel, stride, pad };
  }

  #between(low: number, high: number): number {
    return low + Math.floor(this.#random.uniform() * (high - low + 1));
  }

  #seed(): number {
    return this.#between(1, 2 ** 30);
  }
}

const scalar = (value: number) => float32(Float32Array.of(value), []);

function pooledSizes(maps: Maps, kernel: number, stride: number, pads: number) {
  const size = (length: number) => Math.floor((length + pads - kernel) / stride) + 1;
  return { height: size(maps.height), width: size(maps.width) };
}
