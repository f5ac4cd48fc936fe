import { attributes } from '../onnx/attributes.ts';
import type { AttributeValue } from '../onnx/attributes.ts';
import { elementTypeCode } from '../onnx/element-types.ts';
import type { Attribute, Node } from '../onnx/graph.ts';
import { int64 } from '../tensor.ts';
import type { ElementType, Tensor } from '../tensor.ts';

/** ONNX Runtime's WebGPU kernel of Split binds x and each part to a buffer; many devices give a shader eight. */
const MOST_SPLIT_PARTS = 7;

/**
 * Grows a list of ONNX nodes and constants under names that clash with nothing in `taken`.
 *
 * Every method returns the name of the tensor it makes. Operators are emitted in the form that
 * opsets 17 and later share; where they differ, `opset` decides. Equal constants are made once.
 */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, Tensor>();
  readonly #opset: number;
  readonly #taken: Set<string>;
  readonly #known = new Map<string, string>();
  readonly #makers = new Map<string, (start: number, end: number) => string>();
  #count = 0;

  constructor(opset: number, taken: Iterable<string>) {
    this.#opset = opset;
    this.#taken = new Set(taken);
  }

  /** A name that is not in use; `wish` itself when that is free. */
  freshName(wish: string): string {
    let name = wish;
    while (this.#taken.has(name)) name = `${wish}_${this.#count++}`;
    this.#taken.add(name);
    return name;
  }

  /** Appends an operator with one output. */
  op(
    opType: string,
    inputs: readonly string[],
    values: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    return this.node(opType, inputs, attributes(values), 1)[0];
  }

  /** Appends an operator with ready-made attributes and any number of outputs. */
  node(
    opType: string,
    inputs: readonly string[],
    nodeAttributes: ReadonlyMap<string, Attribute>,
    outputCount: number,
  ): string[] {
    const name = this.freshName(`vjp/${opType}_${this.#count++}`);
    const outputs = Array.from({ length: outputCount }, (_, i) =>
      this.freshName(i === 0 ? `${name}:0` : `${name}:${i}`),
    );
    this.nodes.push({ name, opType, domain: '', inputs, outputs, attributes: nodeAttributes });
    return outputs;
  }

  /** Gives a tensor a second, chosen name. */
  alias(x: string, name: string): void {
    this.nodes.push({
      name: this.freshName(`vjp/${name}`),
      opType: 'Identity',
      domain: '',
      inputs: [x],
      outputs: [name],
      attributes: new Map(),
    });
  }

  /** A constant of int64 values; a vector unless `dims` says otherwise. */
  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#constant(`int64[${dims.join()}]:${values.join()}`, () => int64(values, dims));
  }

  /** A scalar of a floating-point type. */
  scalar(value: number, type: ElementType): string {
    return this.floats([value], [], type);
  }

  /** A constant of a floating-point type; half precision is cast from float32 inside the graph. */
  floats(values: ArrayLike<number>, dims: readonly number[], type: ElementType): string {
    if (type !== 'float32' && type !== 'float64')
      return this.cast(this.floats(values, dims, 'float32'), type);
    const key = `${type}[${dims.join()}]:${Array.from(values).join()}`;
    return this.#constant(key, () =>
      type === 'float32'
        ? { type, dims, data: Float32Array.from(values) }
        : { type, dims, data: Float64Array.from(values) },
    );
  }

  /** The identity matrix [size, size]. */
  eye(size: number, type: ElementType): string {
    const values = new Float32Array(size * size);
    for (let i = 0; i < size; i++) values[i * size + i] = 1;
    return this.floats(values, [size, size], type);
  }

  #constant(key: string, make: () => Tensor): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = this.freshName(`vjp/constant_${this.#count++}`);
    this.initializers.set(name, make());
    this.#known.set(key, name);
    return name;
  }

  /** Converts the element type. */
  cast(x: string, type: ElementType): string {
    return this.op('Cast', [x], { to: elementTypeCode(type) });
  }

  /** x + y, broadcast. */
  add(x: string, y: string): string {
    return this.op('Add', [x, y]);
  }

  /** x - y, broadcast. */
  sub(x: string, y: string): string {
    return this.op('Sub', [x, y]);
  }

  /** x · y, element by element, broadcast. */
  mul(x: string, y: string): string {
    return this.op('Mul', [x, y]);
  }

  /** x / y, element by element, broadcast. */
  div(x: string, y: string): string {
    return this.op('Div', [x, y]);
  }

  /** -x. */
  neg(x: string): string {
    return this.op('Neg', [x]);
  }

  /** Matrix product of the last two axes, the others broadcast. */
  matMul(x: string, y: string): string {
    return this.op('MatMul', [x, y]);
  }

  /** 1 where x > y, else 0. */
  isGreater(x: string, y: string, type: ElementType): string {
    return this.cast(this.op('Greater', [x, y]), type);
  }

  /** 1 where x < y, else 0. */
  isLess(x: string, y: string, type: ElementType): string {
    return this.cast(this.op('Less', [x, y]), type);
  }

  /** Sum of one or more tensors of the same shape. */
  sumOf(terms: readonly string[]): string {
    if (terms.length === 1) return terms[0];
    return this.op(terms.length === 2 ? 'Add' : 'Sum', terms);
  }

  /** Gives x another shape; one entry may be -1. */
  reshape(x: string, dims: readonly number[]): string {
    return this.op('Reshape', [x, this.ints(dims)]);
  }

  /** Permutes the axes; returns x itself when there is nothing to do. */
  transpose(x: string, perm: readonly number[]): string {
    return perm.every((axis, i) => axis === i) ? x : this.op('Transpose', [x], { perm });
  }

  /** Broadcasts x to `dims`; a 1 in `dims` leaves that axis of x alone. */
  expand(x: string, dims: readonly number[]): string {
    return dims.every((dim) => dim === 1) ? x : this.op('Expand', [x, this.ints(dims)]);
  }

  /** Slices one axis from `start` (inclusive) to `end` (exclusive). */
  slice(x: string, axis: number, start: number, end: number, step = 1): string {
    return this.op('Slice', [x, this.ints([start]), this.ints([end]), this.ints([axis]), this.ints([step])]);
  }

  /** Notes how some channels of x [K, N, C, ...] can be made alone, and returns x. */
  withChannels(x: string, make: (start: number, end: number) => string): string {
    this.#makers.set(x, make);
    return x;
  }

  /** Channels `start` (inclusive) to `end` (exclusive) of x [K, N, C, ...]: made alone where they can be, else cut out. */
  channels(x: string, start: number, end: number): string {
    return this.#makers.get(x)?.(start, end) ?? this.slice(x, 2, start, end);
  }

  /** Cuts an axis into parts of the given sizes. */
  split(x: string, axis: number, sizes: readonly number[]): string[] {
    if (sizes.length === 1) return [x];
    if (sizes.length > MOST_SPLIT_PARTS) {
      const ends = sizes.map((_, part) => sizes.slice(0, part + 1).reduce((sum, size) => sum + size, 0));
      return sizes.map((size, part) => this.slice(x, axis, ends[part] - size, ends[part]));
    }
    return this.node('Split', [x, this.ints(sizes)], attributes({ axis }), sizes.length);
  }

  /** Zero-pads (negative: crops) every axis; returns x itself when there is nothing to do. */
  pad(x: string, begins: readonly number[], ends: readonly number[]): string {
    if ([...begins, ...ends].every((pad) => pad === 0)) return x;
    return this.op('Pad', [x, this.ints([...begins, ...ends])], { mode: 'constant' });
  }

  /** Sum over axes. */
  reduceSum(x: string, axes: readonly number[], keepDims = true): string {
    if (axes.length === 0) return x;
    return this.op('ReduceSum', [x, this.ints(axes)], { keepdims: keepDims ? 1 : 0 });
  }

  /** Mean over axes, which are kept as 1. */
  reduceMean(x: string, axes: readonly number[]): string {
    if (axes.length === 0) return x;
    return this.#opset < 18
      ? this.op('ReduceMean', [x], { axes, keepdims: 1 })
      : this.op('ReduceMean', [x, this.ints(axes)], { keepdims: 1 });
  }

  /** Zeros of shape [K, ...dims], K being the length of the first axis of `like`. */
  zerosLike(like: string, dims: readonly number[], type: ElementType): string {
    const count = this.slice(this.op('Shape', [like]), 0, 0, 1);
    const shape = this.op('Concat', [count, this.ints(dims)], { axis: 0 });
    return this.op('Expand', [this.scalar(0, type), shape]);
  }
}
