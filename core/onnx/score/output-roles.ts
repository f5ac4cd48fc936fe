import { TesseraError } from '../../errors.ts';
import type { ElementType } from '../../tensor.ts';
import { intOf } from '../attributes.ts';
import type { Dimension, Model, Node } from '../graph.ts';
import { producersOf, readsOf } from '../graph-edits.ts';
import { withOutputs } from '../compose.ts';
import { inferShapes, type ShapeMap } from '../shapes.ts';
import { declaredInputDims, type InputDims } from '../two-batches.ts';
import { peelActivation, type FinalActivation } from './peel-activation.ts';

/** What an output is to an explainer. `scores` can be explained; an `embedding` by its similarity to a picture. */
export type OutputRole = 'scores' | 'embedding' | 'map' | 'label ids' | 'boxes' | 'unknown';

/** One output of a model. */
export interface OutputFacts {
  readonly name: string;
  readonly type: ElementType;
  /** For one picture where it could be worked out, else as the file declares it. */
  readonly shape: readonly Dimension[];
  /** `shape` with the batch as the file declares it. */
  readonly declared: readonly Dimension[];
  readonly role: OutputRole;
  /** Why, in words. */
  readonly reason: string;
  readonly activation: FinalActivation;
  /** Numbers a picture; undefined where that is not known. */
  readonly width: number | undefined;
  /** Why shapes could not be worked out, where they could not. */
  readonly whyUnknown?: TesseraError;
  /** The tensor of raw scores behind it. */
  readonly raw: string;
}

/** Is an output a row of scores as it stands, [N, K] or [N, K, 1, 1]? */
export function isScoreRow({ shape, width }: Pick<OutputFacts, 'shape' | 'width'>): boolean {
  return shape.length === 2 || (shape.length === 4 && shape[1] === width);
}

/** Names that tell what a vector is. */
const BOX_NAME = /box|bbox|loc\b|location|regress|offset|delta|landmark|keypoint|kps|points|coord|quad/i;
const VECTOR_NAME = /embed|feature|hidden|latent|pooler|descriptor|vector/i;
const SCORE_NAME = /logit|prob|score|class|cls|softmax|sigmoid|pred|label|confid/i;

/** What each output of a model is, and why; `inputDims` for one picture. Never throws for an operator it does not know. */
export function outputRoles(model: Model, inputDims: InputDims): OutputFacts[] {
  const [shapes, whyUnknown] = shapesOrWhy(model, inputDims);
  const found = model.graph.outputs.map((output): OutputFacts => {
    const { name } = output;
    const type = shapes.get(name)?.type ?? output.type;
    const shape = shapes.get(name)?.dims ?? output.dims ?? [];
    const { activation, scores: raw } = peelActivation(withOutputs(model, [name]), shapes);
    const sizes = shape.slice(1).map((size) => (typeof size === 'number' && size > 0 ? size : undefined));
    const width = sizes.reduce<number | undefined>(
      (product, size) => (product === undefined || size === undefined ? undefined : product * size),
      1,
    );
    const look = { model, name, type, shape, sizes, activation, raw };
    const isDeclared = output.dims !== undefined && output.dims.length === shape.length;
    const declared = isDeclared ? [...output.dims.slice(0, 1), ...shape.slice(1)] : shape;
    const facts = { name, type, shape, declared, activation, width, raw, ...roleOf(look) };
    return whyUnknown === undefined ? facts : { ...facts, whyUnknown };
  });
  const boxes = found.filter(({ role, shape }) => role === 'boxes' && shape.length === 3);
  return found.map((facts) => {
    const isOfBoxes = facts.role === 'unknown' && boxes.some(({ shape }) => shape[1] === facts.shape[1]);
    if (!isOfBoxes) return facts;
    return { ...facts, role: 'boxes', reason: 'a row of scores for every candidate box, as detectors give' };
  });
}

/** Shapes as far as they can be worked out: none where an operator is not known. */
export function knownShapes(model: Model, inputDims: InputDims): ShapeMap {
  return shapesOrWhy(model, inputDims)[0];
}

function shapesOrWhy(model: Model, inputDims: InputDims): readonly [ShapeMap, TesseraError?] {
  try {
    return [inferShapes(model, declaredInputDims(model, inputDims))];
  } catch (error) {
    // What the file declares then has to do.
    if (error instanceof TesseraError) return [new Map(), error];
    throw error;
  }
}

interface Look {
  readonly model: Model;
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
  /** After the batch. */
  readonly sizes: readonly (number | undefined)[];
  readonly activation: FinalActivation;
  readonly raw: string;
}

type Role = Pick<OutputFacts, 'role' | 'reason'>;

function roleOf(look: Look): Role {
  const { type, sizes, shape } = look;
  if (!type.startsWith('float') && type !== 'bfloat16') return integers(look);
  if (shape.length === 0) return { role: 'unknown', reason: 'its shape is not known' };
  const beyondOne = sizes.filter((size) => size !== 1);
  if (shape.length >= 4 && beyondOne.length > 1) return overPlaces(look);
  if (shape.length === 3 && beyondOne.length > 1) return overRows(look);
  return vector(look);
}

function integers({ type, model, name }: Look): Role {
  const by = producersOf(model.graph).get(name)?.opType;
  const how = by === 'ArgMax' || by === 'TopK' ? `, made by ${by}` : '';
  return { role: 'label ids', reason: `whole numbers (${type})${how}: which class, not how strongly` };
}

/** A map of places has its numbers first, or last where the two axes before are the larger ones. */
function numbersAPlace(sizes: Look['sizes']): number | undefined {
  const [first, ...others] = sizes;
  const last = others.at(-1);
  const isLast =
    first !== undefined && last !== undefined && last < first && last < Math.max(first, others[0] ?? 0);
  return isLast ? last : first;
}

function countText(count: number | undefined): string {
  if (count === 1) return 'one number';
  return `${count ?? 'several'} numbers`;
}

function overPlaces({ model, name, activation, sizes }: Look): Role {
  const channels = numbersAPlace(sizes);
  const feeds = feedsAnother(model, name);
  if (feeds !== undefined)
    return { role: 'map', reason: `one value a place, from which ${feeds} is computed: a feature map` };
  const ends = activation === 'none' ? '' : `, after a ${activation}`;
  const what = BOX_NAME.test(name) ? 'box coordinates' : countText(channels);
  return {
    role: BOX_NAME.test(name) ? 'boxes' : 'map',
    reason: `${what} for every place of the picture${ends}, as segmenters and detectors give`,
  };
}

function overRows({ model, name, sizes }: Look): Role {
  const feeds = feedsAnother(model, name);
  if (feeds !== undefined)
    return { role: 'map', reason: `a row for every place (tokens), from which ${feeds} is computed` };
  const [rows, columns] = sizes;
  const shown = `${rows ?? 'several'} rows of ${countText(columns)} a picture`;
  // Probabilities over an alphabet, place by place; detectors give many rows, or columns, of a few numbers.
  const isText = /Softmax$/.test(producersOf(model.graph).get(name)?.opType ?? '');
  const isBoxes = BOX_NAME.test(name) || columns === 4 || Math.max(rows ?? 0, columns ?? 0) >= 1000;
  if (isText)
    return {
      role: 'unknown',
      reason: `${shown}: a sequence of places with a score for every sign, as readers of text give`,
    };
  if (isBoxes) return { role: 'boxes', reason: `${shown}: a row for every candidate box, as detectors give` };
  return { role: 'unknown', reason: `${shown}, not one row of scores` };
}

function vector({ model, name, sizes, activation, raw }: Look): Role {
  const width = sizes.find((size) => size !== 1) ?? (sizes.includes(undefined) ? undefined : 1);
  const each = countText(width);
  if (width !== 1 && BOX_NAME.test(name) && !SCORE_NAME.test(name))
    return { role: 'boxes', reason: `${each} a picture, named like coordinates` };
  if (activation !== 'none') {
    return { role: 'scores', reason: `${each} a picture, after a ${activation}` };
  }
  if (width !== 1 && isUnitLength(model, raw))
    return {
      role: 'embedding',
      reason: `${each} a picture, brought to length 1: a vector for comparing pictures`,
    };
  const feeds = feedsAnother(model, name);
  if (width !== 1 && feeds !== undefined)
    return { role: 'embedding', reason: `${each} a picture, from which ${feeds} is computed` };
  if (BOX_NAME.test(name) && !SCORE_NAME.test(name))
    return { role: 'boxes', reason: `${each} a picture, named like a coordinate` };
  if (VECTOR_NAME.test(name) && !SCORE_NAME.test(name) && width !== 1)
    return { role: 'embedding', reason: `${each} a picture, named like a vector for comparing pictures` };
  return { role: 'scores', reason: `${each} a picture` };
}

/** Another output with numbers of its own that is computed from this one; probabilities of it are the same scores. */
function feedsAnother({ graph }: Model, name: string): string | undefined {
  const reached = new Set([name]);
  const weighted = new Set<string>();
  for (const node of graph.nodes) {
    const reads = readsOf(node);
    if (!reads.some((read) => reached.has(read))) continue;
    const isWeighted = hasWeights(node) || reads.some((read) => weighted.has(read));
    for (const made of node.outputs) {
      reached.add(made);
      if (isWeighted) weighted.add(made);
    }
  }
  return graph.outputs.find((other) => other.name !== name && weighted.has(other.name))?.name;
}

const WEIGHTED = new Set([
  'Conv',
  'Gemm',
  'MatMul',
  'QLinearConv',
  'QLinearMatMul',
  'QGemm',
  'ConvInteger',
  'MatMulInteger',
]);

function hasWeights({ opType }: Node): boolean {
  return WEIGHTED.has(opType);
}

/** x / ‖x‖, as its own operator or written out. */
function isUnitLength({ graph }: Model, name: string): boolean {
  const producers = producersOf(graph);
  const node = producers.get(name);
  if (node?.opType === 'LpNormalization') return intOf(node, 'p', 2) === 2;
  if (node?.opType !== 'Div') return false;
  const [top, bottom] = node.inputs;
  const seen = new Set<string>();
  for (let next: string | undefined = bottom; next !== undefined && !seen.has(next);) {
    seen.add(next);
    const by = producers.get(next);
    if (by?.opType === 'ReduceL2') return by.inputs[0] === top;
    if (by?.opType === 'ReduceSum') {
      const square = producers.get(by.inputs[0]);
      return square !== undefined && square.inputs[0] === top;
    }
    next =
      by !== undefined && ['Clip', 'Max', 'Expand', 'Sqrt', 'Add', 'Unsqueeze', 'Reshape'].includes(by.opType)
        ? by.inputs[0]
        : undefined;
  }
  return false;
}
