import type { LayerRecord } from '../concepts/explanation.ts';
import { positionsOf } from '../concepts/latent-rows.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { gramOfRows } from '../linalg/gram.ts';
import { matrixTensor } from '../linalg/matrix-tensor.ts';
import type { Dimension, Model, ValueInfo } from '../onnx/graph.ts';
import { freshNames, makeNode } from '../onnx/graph-edits.ts';
import { float32 } from '../tensor.ts';
import { amountGraph, type AmountColumns } from './amount-graph.ts';
import { codeGraph, type CodeGraph } from './code-graph.ts';
import { codeIteration } from './code-iteration.ts';
import { contributionGraph, type ContributionRule } from './contribution-graph.ts';
import type { OriginalCut } from './original-cut.ts';
import { PartBuilder, type GraphPart } from './part-builder.ts';

/** What a monitor is made of. */
export interface MonitorParts {
  /** The model as it stands in its file. */
  readonly file: Model;
  readonly cut: OriginalCut;
  readonly layer: LayerRecord;
  /** W [r, p]. */
  readonly bank: CodedBank;
  /** Which of its rows are columns of the outputs, and what else is. @default every row, in its order */
  readonly columns?: AmountColumns;
  /** Of the codes, see `chooseSteps`. */
  readonly steps: number;
  /** Absent: contributions are left out. */
  readonly contributions?: ContributionRule;
}

/** A model of pictures that also says how much of each concept it sees. */
export interface MonitorModel {
  readonly model: Model;
  /** Names of the outputs that were added behind the model's own. */
  readonly amounts: string;
  readonly rest: string;
  readonly contributions?: string;
}

/**
 * Adds to a model, beside its own outputs and without a change to what makes them:
 *
 * - `concept_amounts` [n, columns]: the largest amount of each concept over the positions of the picture, as `scoreImages` has it;
 * - `concept_rest` [n]: ‖A - UW‖ / ‖A‖, the share of the activations that no concept explains; 0 without activations;
 * - `concept_contributions` [n, columns]: by how much the explained score falls without each concept but own ones, which
 *   come last in the amounts, see {@link ContributionRule}.
 *
 * All are float32. A name that the model has already gets a number behind it. Only operators of the model's own operator
 * set (7 and later). Throws as `codeGraph`.
 */
export function monitorModel(parts: MonitorParts): MonitorModel {
  const { file, cut, layer, bank, steps, contributions } = parts;
  const { columns = { players: Array.from({ length: bank.rows }, (_, row) => [row]), own: [] } } = parts;
  const { players } = columns;
  const fresh = freshNames(file);
  const opset = file.opsets.get('') ?? 1;
  const site = { layer, type: cut.type, fresh };
  const codes = codeGraph(cut.tensor, bank, steps, site);
  const amounts = amountGraph(codes, columns, { layer, bank, opset, fresh });
  const rest = restGraph(codes, layer, bank, opset, fresh);
  const effects =
    contributions && contributionGraph(contributions, codes, { layer, bank, opset, fresh, players });
  const added: GraphPart[] = [codes, amounts, rest, ...(effects ? [effects] : [])];
  const named = [
    [amounts.output, fresh('concept_amounts'), [players.length + columns.own.length]],
    ...(effects ? [[effects.output, fresh('concept_contributions'), [players.length]] as const] : []),
    [rest.output, fresh('concept_rest'), []],
  ] as const;
  const batch = batchOf(file);
  const outputs = named.map(([, name, dims]): ValueInfo => ({
    name,
    type: 'float32',
    dims: [batch, ...dims],
  }));
  const { graph } = file;
  const model: Model = {
    ...file,
    graph: {
      ...graph,
      nodes: [
        ...graph.nodes,
        ...added.flatMap(({ nodes }) => nodes),
        ...named.map(([from, name]) => makeNode('Identity', [from], [name])),
      ],
      initializers: new Map([
        ...graph.initializers,
        ...added.flatMap(({ initializers }) => [...initializers]),
      ]),
      outputs: [...graph.outputs, ...outputs],
    },
  };
  return {
    model,
    amounts: named[0][1],
    rest: outputs[outputs.length - 1].name,
    ...(effects && { contributions: outputs[1].name }),
  };
}

/** The first axis of the input as the file declares it. */
function batchOf({ graph: { inputs } }: Model): Dimension {
  const batch = inputs[0]?.dims?.[0];
  return typeof batch === 'number' && batch <= 0 ? 'batch' : batch;
}

/**
 * √(‖A - UW‖² / ‖A‖²) with ‖A - UW‖² = ‖A‖² - Σ U ∘ (2AWᵀ - U·WWᵀ): nothing of the size of A is made but its squares, and
 * an error of U counts in the second order.
 */
function restGraph(
  { output, activations, projected }: CodeGraph,
  layer: LayerRecord,
  bank: CodedBank,
  opset: number,
  fresh: (stem: string) => string,
): GraphPart {
  const builder = new PartBuilder(fresh, `${layer.tensor}/rest`);
  const { rows: r } = bank;
  const { correlation } = codeIteration(bank);
  const products = builder.add('products', 'MatMul', [
    projected,
    builder.constant('correlation', matrixTensor(correlation)),
  ]);
  const gram = builder.constant('gram', float32(Float32Array.from(gramOfRows(bank)), [r, r]));
  const left = builder.add('left', 'Gemm', [output, gram, products], {
    alpha: { float: -1 },
    beta: { float: 2 },
  });
  const byImage = builder.reshape('by_image', builder.add('gains', 'Mul', [output, left]), [
    -1,
    positionsOf(layer) * r,
  ]);
  const gain = builder.reduce('gain', 'ReduceSum', byImage, [1], opset);
  const axes = [...layer.shape.keys()].slice(1);
  const whole = builder.reduce('whole', 'ReduceSumSquare', activations, axes, opset);
  const remains = builder.add('remains', 'Relu', [builder.add('difference', 'Sub', [whole, gain])]);
  // A picture without activations has no rest; nothing else is changed by so little.
  const least = builder.constant('least', float32(Float32Array.of(1e-30), [1]));
  const share = builder.add('share', 'Div', [remains, builder.add('not_zero', 'Add', [whole, least])]);
  return builder.part(builder.add('root', 'Sqrt', [share]));
}
