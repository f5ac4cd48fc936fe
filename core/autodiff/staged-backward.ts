import { invariant } from '../errors.ts';
import type { Graph, Model, Node } from '../onnx/graph.ts';
import { readsOf, withGraph } from '../onnx/graph-edits.ts';
import type { Tensor } from '../tensor.ts';
import type { BackwardModel } from './vjp.ts';

/** A backward graph in two models, so that many batches of cotangents share one forward pass. */
export interface StagedBackward {
  /** From x to `a` and to the tensors that the backward pass reads. */
  readonly forward: Model;
  /** What the forward model hands on besides `a`: masks and other values that do not depend on v. */
  readonly saved: readonly string[];
  /** From v and the saved tensors to `gx`; a model's inputs have types, so it takes the saved tensors themselves. */
  readonly backward: (saved: Readonly<Record<string, Tensor>>) => Model;
}

/**
 * Cuts a backward graph where it meets the cotangents: what depends on them goes to one model, all else to another.
 *
 * Weights, and what is computed of weights alone, go to whichever reads them. Both are ordinary ONNX models.
 */
export function stagedBackward({ model, inputs, outputs }: BackwardModel): StagedBackward {
  const { graph } = model;
  const byCotangents = dependentOn(graph, [inputs.v]);
  const fromInputs = [inputs.x, ...inputs.others];
  const byInputs = dependentOn(graph, fromInputs);
  const swept = graph.nodes.filter((node) => byCotangents.has(node));
  const own = new Set(swept.flatMap((node) => node.outputs));
  const computed = new Set([...fromInputs, ...[...byInputs].flatMap((node) => node.outputs)]);
  const saved = [...new Set(swept.flatMap(readsOf))].filter((name) => computed.has(name) && !own.has(name));

  const keptInputs = new Map(graph.inputs.map((info) => [info.name, info]));
  const infoOf = (name: string) =>
    keptInputs.get(name) ?? { name, type: 'float32' as const, dims: undefined };
  const output = (name: string) => graph.outputs.find((info) => info.name === name) ?? infoOf(name);
  return {
    forward: withGraph(model, {
      inputs: fromInputs.map(infoOf),
      outputs: [outputs.a, ...saved.filter((name) => !keptInputs.has(name))].map(output),
      nodes: graph.nodes.filter((node) => !byCotangents.has(node)),
    }),
    saved: saved.filter((name) => !keptInputs.has(name)),
    backward: (values) =>
      withGraph(model, {
        inputs: [
          infoOf(inputs.v),
          ...saved.map((name) => keptInputs.get(name) ?? { name, ...describe(values[name]) }),
        ],
        outputs: [output(outputs.gx)],
        nodes: graph.nodes.filter((node) => !byInputs.has(node) || byCotangents.has(node)),
      }),
  };
}

function dependentOn(graph: Graph, names: readonly string[]): ReadonlySet<Node> {
  const reached = new Set(names);
  return new Set(
    graph.nodes.filter((node) => {
      if (!readsOf(node).some((name) => reached.has(name))) return false;
      for (const name of node.outputs) reached.add(name);
      return true;
    }),
  );
}

function describe(value: Tensor | undefined) {
  invariant(value !== undefined, 'a saved tensor is missing');
  return { type: value.type, dims: value.dims };
}
