import { float32, int64, type Tensor } from '../../tensor.ts';
import { attributes, type AttributeValue } from '../attributes.ts';
import type { Node } from '../graph.ts';
import { makeNode } from '../graph-edits.ts';
import type { TensorFact } from '../shape-rules/rule.ts';

/** Takes the nodes and constants that stand for one operator, under free names made from a stem. */
export class Expansion {
  readonly nodes: Node[];
  readonly initializers: Map<string, Tensor>;
  readonly #fresh: (stem: string) => string;
  readonly #facts: ReadonlyMap<string, TensorFact>;
  readonly #stem: string;

  constructor(
    stem: string,
    target: { readonly nodes: Node[]; readonly initializers: Map<string, Tensor> },
    fresh: (stem: string) => string,
    facts: ReadonlyMap<string, TensorFact>,
  ) {
    this.nodes = target.nodes;
    this.initializers = target.initializers;
    this.#fresh = fresh;
    this.#facts = facts;
    this.#stem = stem;
  }

  /** Adds an operator with one output and names that: as asked, or freely. */
  op(
    opType: string,
    inputs: readonly string[],
    values: Readonly<Record<string, AttributeValue>> = {},
    output = this.#fresh(`${this.#stem}/${opType}`),
  ): string {
    this.nodes.push(makeNode(opType, inputs, [output], attributes(values)));
    return output;
  }

  /** Adds a Split into two along an axis. */
  halves(x: string, sizes: readonly [number, number] | undefined): readonly [string, string] {
    const outputs = [this.#fresh(`${this.#stem}/first`), this.#fresh(`${this.#stem}/second`)] as const;
    const inputs = sizes ? [x, this.ints(sizes)] : [x];
    this.nodes.push(
      makeNode('Split', inputs, outputs, attributes({ axis: -1, ...(!sizes && { num_outputs: 2 }) })),
    );
    return outputs;
  }

  ints(values: readonly number[]): string {
    return this.#constant(int64(values));
  }

  number(value: number): string {
    return this.#constant(float32(Float32Array.of(value), []));
  }

  tensor(value: Tensor): string {
    return this.#constant(value);
  }

  /** What is known of a tensor of the file, for the sizes that the file declares. */
  fact(name: string | undefined): TensorFact | undefined {
    return name ? this.#facts.get(name) : undefined;
  }

  #constant(value: Tensor): string {
    const name = this.#fresh(`${this.#stem}/constant`);
    this.initializers.set(name, value);
    return name;
  }
}
