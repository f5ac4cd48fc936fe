import { TesseraError } from '../../errors.ts';
import type { Tensor } from '../../tensor.ts';
import type { Model, Node } from '../graph.ts';
import { addNodeFacts, knownAtStart } from '../propagate.ts';
import type { TensorFact } from '../shape-rules/rule.ts';

/** Values larger than this are followed by their shape only. */
const MAX_FOLLOWED = 4096;

/** What is known of the tensors of a graph that is being rewritten; what cannot be followed is not known. */
export class KnownFacts {
  readonly facts: Map<string, TensorFact>;
  readonly #opsets: Model['opsets'];
  readonly #initializers: ReadonlyMap<string, Tensor>;

  /** `initializers` may grow; without `inputDims` nothing is known of the inputs. */
  constructor(
    { graph, opsets }: Model,
    initializers: ReadonlyMap<string, Tensor>,
    inputDims: ReadonlyMap<string, readonly number[]> | undefined,
  ) {
    const inputs = inputDims === undefined ? [] : graph.inputs;
    this.facts = knownAtStart({ ...graph, inputs }, inputDims ?? new Map());
    this.#opsets = opsets;
    this.#initializers = initializers;
  }

  /** Adds what follows for the outputs of the node. */
  follow(node: Node): void {
    for (const name of node.inputs) {
      const value = this.facts.has(name) ? undefined : this.#initializers.get(name);
      if (value) this.facts.set(name, { type: value.type, dims: value.dims, value });
    }
    if (node.inputs.some((name) => name !== '' && !this.facts.has(name))) return;
    try {
      addNodeFacts(this.facts, node, this.#opsets, MAX_FOLLOWED);
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
    }
  }
}
