import { floatOf, intOf, stringOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/graph.ts';
import { producersOf } from '../../onnx/graph-edits.ts';
import { expectFloat32, type Tensor } from '../../tensor.ts';
import type { SlidingWindow } from '../sliding-window.ts';
import type { ForwardPath } from '../vjp.ts';
import type { Support } from './gradient-plan.ts';

/** Thrown inside, where a node has no place in a plan. */
export class Unplanned extends Error {}

/** Reads what a plan needs of the graph on a path; throws {@link Unplanned} where it is not of the planned kind. */
export class PlannedPath {
  readonly #forward: ForwardPath;
  readonly #producers: ReadonlyMap<string, Node>;

  constructor(forward: ForwardPath) {
    this.#forward = forward;
    this.#producers = producersOf(forward.graph);
  }

  /** Shape of a tensor of float32 values. */
  dimsOf(tensor: string): readonly number[] {
    const fact = this.#forward.facts.get(tensor);
    if (fact?.type !== 'float32') throw new Unplanned();
    return fact.dims;
  }

  /** A constant of float32 values. */
  constant(name: string): Tensor<'float32'> {
    const value = this.#forward.graph.initializers.get(name);
    if (value?.type !== 'float32') throw new Unplanned();
    return expectFloat32(value, name);
  }

  /** Bounds between which the values of a tensor pass their gradient, where nothing else needs it. */
  boundsOf(tensor: string): readonly [number, number] | undefined {
    const node = this.#producers.get(tensor);
    switch (node?.opType) {
      case 'Relu':
        return [0, Infinity];
      case 'Clip':
        return this.#clipBounds(node);
      case 'Identity':
      case 'Dropout':
      case 'MaxPool':
        return this.boundsOf(node.inputs[0]);
      case 'Concat': {
        const [first, ...others] = node.inputs.map((name) => this.boundsOf(name));
        const isSame = others.every((other) => other?.[0] === first?.[0] && other?.[1] === first?.[1]);
        return isSame ? first : undefined;
      }
      default:
        return undefined;
    }
  }

  #clipBounds(node: Node): readonly [number, number] {
    const bound = (index: number, attribute: string, fallback: number): number => {
      const name = node.inputs[index] ?? '';
      return name === '' ? floatOf(node, attribute, fallback) : this.constant(name).data[0];
    };
    return [bound(1, 'min', -Infinity), bound(2, 'max', Infinity)];
  }

  /** Whether the mask of a support is that of y, alone or joined with others. */
  isMaskOf(support: Support, y: string): boolean {
    if (support.kind !== 'between') return false;
    const reach = (tensor: string): boolean => {
      if (tensor === y) return true;
      const node = this.#producers.get(tensor);
      return ['Concat', 'Identity', 'Dropout'].includes(node?.opType ?? '') && node!.inputs.some(reach);
    };
    return reach(support.tensor);
  }

  /** What a BatchNormalization multiplies each channel by. */
  normScale(node: Node): Float32Array {
    const [gamma, , , variance] = node.inputs.slice(1).map((name) => this.constant(name).data);
    const epsilon = floatOf(node, 'epsilon', 1e-5);
    return gamma.map((value, c) => value / Math.sqrt(variance[c] + epsilon));
  }

  /** What a padding of constants was given, and how much it adds before it: the same to a convolution as pads. */
  unpadded(padded: string): { readonly x: string; readonly before: readonly number[] } {
    const node = this.#producers.get(padded);
    const pads = this.#forward.graph.initializers.get(node?.inputs[1] ?? '')?.data;
    if (node?.opType !== 'Pad' || pads === undefined || stringOf(node, 'mode', 'constant') !== 'constant')
      return { x: padded, before: [0, 0] };
    const [n, channels, top, left, ...after] = Array.from(pads, Number);
    const isSpatial = [n, channels, ...after.slice(0, 2)].every((pad) => pad === 0);
    if (!isSpatial || after.length !== 4 || [top, left].some((pad) => pad < 0)) throw new Unplanned();
    return { x: node.inputs[0], before: [top, left] };
  }
}

/** Positions that each window of an axis averages over. */
export function windowSizes(
  node: Node,
  { kernel, strides, dilations, padBegins, padEnds }: SlidingWindow,
  axis: number,
  inputDims: readonly number[],
  output: { readonly height: number; readonly width: number },
): number[] {
  const size = inputDims[axis + 2];
  const [low, high] =
    intOf(node, 'count_include_pad', 0) === 1 ? [-padBegins[axis], size + padEnds[axis]] : [0, size];
  return Array.from({ length: axis === 0 ? output.height : output.width }, (_, window) => {
    const start = window * strides[axis] - padBegins[axis];
    const places = Array.from({ length: kernel[axis] }, (__, tap) => start + tap * dilations[axis]);
    return places.filter((place) => place >= low && place < high).length;
  });
}
