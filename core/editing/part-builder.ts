import { attributes } from '../onnx/attributes.ts';
import { elementTypeCode } from '../onnx/element-types.ts';
import type { Node } from '../onnx/graph.ts';
import { makeNode } from '../onnx/graph-edits.ts';
import { int64, type ElementType, type Tensor } from '../tensor.ts';

/** Nodes in order, and their constants, to be added to a graph. */
export interface GraphPart {
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** The tensor that they make. */
  readonly output: string;
}

/** Collects the nodes of one part, named after `stem`. Its own methods use what means the same in operator sets 7 to 24. */
export class PartBuilder {
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, Tensor>();
  readonly #fresh: (stem: string) => string;
  readonly #stem: string;

  constructor(fresh: (stem: string) => string, stem: string) {
    this.#fresh = fresh;
    this.#stem = stem;
  }

  name(what: string): string {
    return this.#fresh(`${this.#stem}/${what}`);
  }

  constant(what: string, tensor: Tensor): string {
    const name = this.name(what);
    this.initializers.set(name, tensor);
    return name;
  }

  add(
    what: string,
    opType: string,
    inputs: readonly string[],
    values: Parameters<typeof attributes>[0] = {},
  ) {
    const name = this.name(what);
    this.nodes.push(makeNode(opType, inputs, [name], attributes(values)));
    return name;
  }

  reshape(what: string, input: string, dims: readonly number[]): string {
    return this.add(what, 'Reshape', [input, this.constant(`${what}_shape`, int64(dims))]);
  }

  cast(what: string, input: string, from: ElementType, to: ElementType): string {
    return from === to ? input : this.add(what, 'Cast', [input], { to: elementTypeCode(to) });
  }

  /** Reduces axes away; operator sets from 13 (sums) or 18 (others) on take the axes as an input. */
  reduce(
    what: string,
    opType: 'ReduceMax' | 'ReduceSum' | 'ReduceSumSquare',
    input: string,
    axes: readonly number[],
    opset: number,
  ): string {
    const isInput = opset >= (opType === 'ReduceSum' ? 13 : 18);
    return isInput
      ? this.add(what, opType, [input, this.constant(`${what}_axes`, int64(axes))], { keepdims: 0 })
      : this.add(what, opType, [input], { axes, keepdims: 0 });
  }

  part(output: string): GraphPart {
    return { nodes: this.nodes, initializers: this.initializers, output };
  }
}
