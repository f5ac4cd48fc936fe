import { float32, int64 } from '../../tensor.ts';
import { attributes } from '../attributes.ts';
import { withOutputs } from '../compose.ts';
import type { Model } from '../graph.ts';
import { freshNames, makeNode, withGraph } from '../graph-edits.ts';
import type { InputDims } from '../two-batches.ts';
import { isScoreRow, knownShapes, type OutputFacts } from './output-roles.ts';
import { peelActivation } from './peel-activation.ts';

/**
 * The model with one output, without the activation after its raw scores; what only other outputs need is gone.
 * Scores of another form than [N, K] or [N, K, 1, 1] are made a row: a single one [N] becomes [N, 1].
 */
export function withScoresOnly(
  file: Model,
  facts: Pick<OutputFacts, 'name' | 'shape' | 'width'>,
  { isPeeled, inputDims }: { readonly isPeeled: boolean; readonly inputDims: InputDims },
): Model {
  const { name, width } = facts;
  const pruned = withOutputs(file, [name]);
  const model = isPeeled ? peelActivation(pruned, knownShapes(pruned, inputDims)).model : pruned;
  return isScoreRow(facts) || width === undefined ? model : withRows(model, width);
}

function withRows(model: Model, width: number): Model {
  const { graph } = model;
  const [{ name }] = graph.outputs;
  const fresh = freshNames(model);
  const [target, row] = [fresh(`${name}/row_target`), fresh(`${name}/row`)];
  return withGraph(model, {
    nodes: [...graph.nodes, makeNode('Reshape', [name, target], [row])],
    initializers: new Map(graph.initializers).set(target, int64([-1, width])),
    outputs: [{ name: row, type: 'float32', dims: ['batch', width] }],
    valueInfo: new Map(),
  });
}

/**
 * Gives weighted sums of the raw scores [N, K] in their place, [N, M], by M rows of K weights; with `keepsRaw` after the
 * raw scores, [N, K + M].
 */
export function withColumns(
  model: Model,
  columns: readonly (readonly number[])[],
  { keepsRaw = false }: { readonly keepsRaw?: boolean } = {},
): Model {
  const width = columns[0].length;
  const flat = model.graph.outputs[0].dims?.length === 2 ? model : withRows(model, width);
  const { graph } = flat;
  const [{ name }] = graph.outputs;
  const fresh = freshNames(flat);
  const [weights, sums, both] = ['weights', 'sums', 'columns'].map((part) => fresh(`${name}/${part}`));
  const transposed = Float32Array.from({ length: width * columns.length }, (_, i) => {
    const [from, to] = [Math.floor(i / columns.length), i % columns.length];
    return columns[to][from];
  });
  const sum = makeNode('MatMul', [name, weights], [sums]);
  const joined = keepsRaw ? [makeNode('Concat', [name, sums], [both], attributes({ axis: 1 }))] : [];
  const count = columns.length + (keepsRaw ? width : 0);
  return withGraph(flat, {
    nodes: [...graph.nodes, sum, ...joined],
    initializers: new Map(graph.initializers).set(weights, float32(transposed, [width, columns.length])),
    outputs: [{ name: keepsRaw ? both : sums, type: 'float32', dims: ['batch', count] }],
    valueInfo: new Map(),
  });
}

/** Brings every vector of the output [N, K] to length 1, as the cosine asks for. */
export function withUnitLength(model: Model): Model {
  const { graph } = model;
  const [output] = graph.outputs;
  const fresh = freshNames(model);
  const [squares, axes, total, length, unit] = ['squares', 'axes', 'total', 'length', 'unit'].map((part) =>
    fresh(`${output.name}/${part}`),
  );
  // From operator set 13 the axes of a sum are an input.
  const asInput = (model.opsets.get('') ?? 1) >= 13;
  const sum = asInput
    ? makeNode('ReduceSum', [squares, axes], [total], attributes({ keepdims: 1 }))
    : makeNode('ReduceSum', [squares], [total], attributes({ keepdims: 1, axes: [1] }));
  return withGraph(model, {
    nodes: [
      ...graph.nodes,
      makeNode('Mul', [output.name, output.name], [squares]),
      sum,
      makeNode('Sqrt', [total], [length]),
      makeNode('Div', [output.name, length], [unit]),
    ],
    initializers: asInput ? new Map(graph.initializers).set(axes, int64([1])) : graph.initializers,
    outputs: [{ ...output, name: unit }],
    valueInfo: new Map(),
  });
}
