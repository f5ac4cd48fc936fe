import { intOf, intsOf } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/graph.ts';
import { sizeOf } from '../../tensor.ts';
import { slidingWindow } from '../sliding-window.ts';
import type { ForwardPath } from '../vjp.ts';
import { noteCuts, scaled, whole } from './gradient-plan.ts';
import type { Edge, GradientBuffer, GradientPlan, GradientRef, Support } from './gradient-plan.ts';
import { PlannedPath, Unplanned, windowSizes } from './planned-path.ts';

/**
 * Plans the backward pass of a graph of convolutions, poolings, sums and joints, with ReLU or clipping between them, as
 * sums of few kinds over the values that its masks let through.
 *
 * Sums, joints, scalings and masks need no buffer of their own: a part of the buffer that they read stands for their
 * gradient, since a mask is already in the support of the buffer behind it. Returns undefined for a graph with anything
 * else on the path: the backward graph of vjp.ts takes that.
 */
export function planGradients(forward: ForwardPath): GradientPlan | undefined {
  try {
    return new Planner(forward).plan();
  } catch (error) {
    if (error instanceof Unplanned) return undefined;
    throw error;
  }
}

class Planner {
  readonly #forward: ForwardPath;
  readonly #path: PlannedPath;
  readonly #incoming = new Map<string, Edge[]>();
  readonly #buffers: GradientBuffer[] = [];
  #isTransposed = false;

  constructor(forward: ForwardPath) {
    this.#forward = forward;
    this.#path = new PlannedPath(forward);
  }

  plan(): GradientPlan {
    const { graph, from, to } = this.#forward;
    this.#addEdge(to, { kind: 'cotangents', isChannelsLast: false });
    for (const node of [...graph.nodes].reverse()) {
      const [y] = node.outputs;
      if (!this.#incoming.has(y)) continue;
      if (node.outputs.length !== 1) throw new Unplanned();
      this.#pass(node, y);
    }
    const edges = this.#incoming.get(from);
    if (edges === undefined) throw new Unplanned();
    const last = this.#buffer(from, edges);
    // The kernel writes four columns at a time.
    if (last.width < 4) throw new Unplanned();
    return { buffers: this.#buffers, last, isChannelsLast: this.#isTransposed, values: this.#values() };
  }

  #values(): ReadonlyMap<string, number> {
    const values = new Map<string, number>();
    for (const { support, edges, channels, height, width } of this.#buffers) {
      const size = channels * height * width;
      if (support.kind === 'between') values.set(support.tensor, size);
      for (const edge of edges) if (edge.kind === 'pool') values.set(edge.tensor, size);
    }
    return values;
  }

  #addEdge(tensor: string, edge: Edge): void {
    if (tensor === this.#forward.from && this.#isTransposed) throw new Unplanned();
    this.#incoming.set(tensor, [...(this.#incoming.get(tensor) ?? []), edge]);
  }

  /** Brings the gradient of a node's result to its inputs. */
  #pass(node: Node, y: string): void {
    const inputs = node.inputs.filter((name) => this.#forward.path.has(name));
    const [x] = inputs;
    if (node.opType === 'Transpose') return this.#transpose(node, x, y);
    const ref = this.#gradientOf(y);
    const pass = (tensor: string, given: GradientRef) => this.#addEdge(tensor, { kind: 'add', from: given });
    switch (node.opType) {
      case 'Identity':
      case 'Dropout':
        return pass(x, ref);
      case 'Relu':
      case 'Clip':
        return pass(x, this.#masked(ref, y));
      case 'Add':
      case 'Sub':
        return this.#sum(node, ref, pass);
      case 'Mul':
      case 'Div':
        return this.#scaled(node, inputs, ref, pass);
      case 'BatchNormalization':
        return pass(x, scaled(ref, this.#path.normScale(node)));
      case 'Concat':
        return this.#joint(node, y, ref, pass);
      case 'Conv':
        return this.#conv(node, ref);
      case 'MaxPool':
        return this.#maxPool(node, ref);
      case 'AveragePool':
        return this.#averagePool(node, ref);
      default:
        throw new Unplanned();
    }
  }

  /** The gradient of a tensor: its incoming edge, if that is a gradient as it stands, or a new buffer. */
  #gradientOf(tensor: string): GradientRef {
    const edges = this.#incoming.get(tensor)!;
    const [only] = edges;
    if (edges.length === 1 && only.kind === 'add') return only.from;
    return whole(this.#buffer(tensor, edges));
  }

  #buffer(tensor: string, edges: readonly Edge[]): GradientBuffer {
    const [, channels, height, width] = this.#mapDims(tensor);
    return this.#push({ channels, height, width }, this.#supportOf(tensor, edges), edges);
  }

  #supportOf(tensor: string, edges: readonly Edge[]): Support {
    const bounds = this.#path.boundsOf(tensor);
    if (bounds !== undefined) return { kind: 'between', tensor, low: bounds[0], high: bounds[1] };
    const isPooled = edges.length === 1 && edges[0].kind === 'pool' && tensor !== this.#forward.from;
    return { kind: isPooled ? 'chosen' : 'all' };
  }

  #push(
    size: Pick<GradientBuffer, 'channels' | 'height' | 'width'>,
    support: Support,
    edges: readonly Edge[],
  ): GradientBuffer {
    // Where a sum of masked values, or a pooling, adds to it, a value is looked up by its channel.
    const isIndexed = edges.some(
      (edge) => edge.kind === 'pool' || (edge.kind === 'add' && edge.from.buffer.support.kind !== 'all'),
    );
    const buffer = { ...size, support, edges: [...edges], cuts: [0, size.channels], isIndexed };
    for (const edge of edges) if (edge.kind !== 'cotangents') noteCuts(edge.from);
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Sizes of a tensor as maps of one picture, channels first. */
  #mapDims(tensor: string): readonly number[] {
    const dims = this.#path.dimsOf(tensor);
    if (dims.length !== 4 || dims[0] !== 1) throw new Unplanned();
    return tensor === this.#forward.from && this.#isTransposed ? [1, dims[3], dims[1], dims[2]] : dims;
  }

  /** The gradient before a mask: as it stands where its support is the mask, else a masked copy. */
  #masked(ref: GradientRef, y: string): GradientRef {
    return this.#path.isMaskOf(ref.buffer.support, y)
      ? ref
      : whole(this.#buffer(y, [{ kind: 'add', from: ref }]));
  }

  #sum(node: Node, ref: GradientRef, pass: (tensor: string, given: GradientRef) => void): void {
    const [, channels, height, width] = this.#mapDims(node.outputs[0]);
    node.inputs.forEach((name, index) => {
      if (!this.#forward.path.has(name)) return void this.#path.constant(name);
      if (sizeOf(this.#path.dimsOf(name)) !== channels * height * width) throw new Unplanned();
      const isNegative = node.opType === 'Sub' && index === 1;
      pass(name, isNegative ? scaled(ref, new Float32Array(channels).fill(-1)) : ref);
    });
  }

  #scaled(
    node: Node,
    inputs: readonly string[],
    ref: GradientRef,
    pass: (tensor: string, given: GradientRef) => void,
  ): void {
    if (inputs.length !== 1 || (node.opType === 'Div' && node.inputs[0] !== inputs[0])) throw new Unplanned();
    const { data, dims } = this.#path.constant(node.inputs.find((name) => name !== inputs[0]) ?? '');
    const channels = ref.end - ref.start;
    const perChannel = data.length === 1 || (data.length === channels && dims.at(-3) === channels);
    if (!perChannel || sizeOf(this.#path.dimsOf(inputs[0])) !== sizeOf(this.#path.dimsOf(node.outputs[0])))
      throw new Unplanned();
    const factors = Float32Array.from({ length: channels }, (_, c) => data[data.length === 1 ? 0 : c]);
    pass(inputs[0], scaled(ref, node.opType === 'Div' ? factors.map((value) => 1 / value) : factors));
  }

  #joint(node: Node, y: string, ref: GradientRef, pass: (tensor: string, given: GradientRef) => void): void {
    const axis = intOf(node, 'axis', 1);
    if (axis !== 1 && axis !== 1 - this.#mapDims(y).length) throw new Unplanned();
    let start = ref.start;
    for (const name of node.inputs) {
      const end = start + this.#path.dimsOf(name)[1];
      const scale = ref.scale?.slice(start - ref.start, end - ref.start);
      if (this.#forward.path.has(name)) pass(name, { buffer: ref.buffer, start, end, scale });
      start = end;
    }
  }

  #conv(node: Node, ref: GradientRef): void {
    const [padded, weight, bias] = node.inputs;
    if (!this.#forward.path.has(padded) || (bias !== undefined && this.#forward.path.has(bias)))
      throw new Unplanned();
    const { data, dims } = this.#path.constant(weight);
    const { x, before } = this.#path.unpadded(padded);
    const own = slidingWindow(node, this.#mapDims(padded).slice(2), dims.slice(2));
    const window = { ...own, padBegins: own.padBegins.map((pad, axis) => pad + before[axis]) };
    const groups = intOf(node, 'group', 1);
    const isDepthwise = groups > 1 && groups === dims[0] && dims[1] === 1;
    if (groups !== 1 && !isDepthwise) throw new Unplanned();
    const [outputs, inputs] = dims;
    const taps = sizeOf(dims.slice(2));
    const weights = new Float32Array(data.length);
    for (let o = 0, at = 0; o < outputs; o++) {
      const factor = ref.scale?.[o] ?? 1;
      for (let i = 0; i < inputs; i++)
        for (let tap = 0; tap < taps; tap++) weights[(tap * inputs + i) * outputs + o] = factor * data[at++];
    }
    if (isDepthwise) ref.buffer.isIndexed = true;
    this.#addEdge(x, { kind: isDepthwise ? 'depthwise' : 'conv', window, weights, from: ref });
  }

  #maxPool(node: Node, ref: GradientRef): void {
    const [x] = node.inputs;
    const kernel = intsOf(node, 'kernel_shape') ?? [];
    const window = slidingWindow(node, this.#mapDims(x).slice(2), kernel);
    // The kernel takes the border pixel for what lies beyond, which a window with gaps may not have.
    if (window.dilations.some((dilation) => dilation !== 1)) throw new Unplanned();
    this.#addEdge(x, { kind: 'pool', window, tensor: x, from: this.#unscaled(ref) });
  }

  #averagePool(node: Node, given: GradientRef): void {
    const [x] = node.inputs;
    const ref = this.#unscaled(given);
    const kernel = intsOf(node, 'kernel_shape') ?? [];
    const window = slidingWindow(node, this.#mapDims(x).slice(2), kernel);
    if (ref.buffer.support.kind !== 'all') throw new Unplanned();
    // What a last, incomplete window divides by is then the runtime's own.
    if (intOf(node, 'ceil_mode', 0) === 1 && intOf(node, 'count_include_pad', 0) === 1) throw new Unplanned();
    const counts = [0, 1].map((axis) => windowSizes(node, window, axis, this.#mapDims(x), ref.buffer));
    const factors = counts[0].flatMap((rows) => counts[1].map((columns) => 1 / (rows * columns)));
    this.#addEdge(x, { kind: 'average', window, factors: Float32Array.from(factors), from: ref });
  }

  /** A copy with the factors applied, for edges that have no room for them. */
  #unscaled(ref: GradientRef): GradientRef {
    if (ref.scale === undefined) return ref;
    const { height, width } = ref.buffer;
    const size = { channels: ref.end - ref.start, height, width };
    return whole(this.#push(size, { kind: 'all' }, [{ kind: 'add', from: ref }]));
  }

  /** At the beginning of a model that takes its channels last, or at an end that has them last. */
  #transpose(node: Node, x: string, y: string): void {
    const permutation = intsOf(node, 'perm')?.join();
    const edges = this.#incoming.get(y)!;
    if (y === this.#forward.to && permutation === '0,2,3,1' && edges.length === 1)
      return this.#addEdge(x, { kind: 'cotangents', isChannelsLast: true });
    if (x !== this.#forward.from || permutation !== '0,3,1,2' || this.#incoming.has(x)) throw new Unplanned();
    for (const edge of edges) this.#addEdge(x, edge);
    this.#isTransposed = true;
  }
}
