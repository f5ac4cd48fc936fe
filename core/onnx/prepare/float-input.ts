import type { ElementType, Tensor } from '../../tensor.ts';
import { intOf } from '../attributes.ts';
import { elementTypeCode, elementTypeOf } from '../element-types.ts';
import type { Model, Node } from '../graph.ts';
import { freshNames, makeNode, withGraph } from '../graph-edits.ts';

const isWhole = (type: ElementType) => /^u?int/.test(type);
const isWide = (type: ElementType) => type === 'int32' || type === 'int64';

/** Operators that move, pick or repeat values of their first input. */
const MOVES = new Set(
  'Identity Transpose Reshape Flatten Squeeze Unsqueeze Slice Gather Expand Tile Split MaxPool ReduceMax'.split(
    ' ',
  ),
);

interface Rewrite {
  readonly fresh: (stem: string) => string;
  readonly initializers: Map<string, Tensor>;
  readonly nodes: Node[];
  /** Tensors that hold whole levels as float32, and the type they had. */
  readonly levels: Map<string, ElementType>;
  /** Levels in the type they had, for operators that only take that. */
  readonly whole: Map<string, string>;
}

function wholeAgain({ fresh, levels, whole, nodes }: Rewrite, name: string): string {
  const type = levels.get(name);
  if (type === undefined) return name;
  const known = whole.get(name);
  if (known !== undefined) return known;
  const own = fresh(`${name}/${type}`);
  nodes.push(
    makeNode('Cast', [name], [own], new Map([['to', { type: 'int', value: elementTypeCode(type) }]])),
  );
  whole.set(name, own);
  return own;
}

function floatConstant({ fresh, initializers }: Rewrite, name: string): string {
  const { dims, data } = initializers.get(name)!;
  const own = fresh(`${name}/float32`);
  initializers.set(own, {
    type: 'float32',
    dims,
    data: Float32Array.from(data as ArrayLike<number | bigint>, Number),
  });
  return own;
}

/** (q - zero) · scale on levels, for one scale; a zero point of 0 is absent. */
function dequantised(rewrite: Rewrite, { inputs: [levels, scale, zero], outputs }: Node): void {
  if (!zero) {
    rewrite.nodes.push(makeNode('Mul', [levels, scale], outputs));
    return;
  }
  const centred = rewrite.fresh(`${outputs[0]}/centred`);
  rewrite.nodes.push(makeNode('Sub', [levels, floatConstant(rewrite, zero)], [centred]));
  rewrite.nodes.push(makeNode('Mul', [centred, scale], outputs));
}

/** Puts the node as it takes float levels; false where it cannot. */
function takesLevels(rewrite: Rewrite, node: Node): boolean {
  const { levels, nodes, initializers } = rewrite;
  const type = levels.get(node.inputs[0]);
  const others = node.inputs.slice(1);
  const keep = (kept: Node, after?: ElementType) => {
    nodes.push(kept);
    if (after !== undefined) for (const name of kept.outputs) levels.set(name, after);
    return true;
  };
  if (type === undefined) return false;
  if (node.opType === 'Cast') {
    const to = elementTypeOf(intOf(node, 'to', 0), node.name);
    if (to === 'float32') return keep(node);
    // Wider integers hold the same levels.
    return isWhole(type) && isWide(to) ? keep(makeNode('Identity', node.inputs, node.outputs), to) : false;
  }
  if (node.opType === 'CastLike' && !levels.has(others[0])) return keep(node);
  if (node.opType === 'DequantizeLinear') {
    const isScalar = (name: string | undefined) => !name || initializers.get(name)?.data.length === 1;
    if (!others[0] || !others.every(isScalar)) return false;
    dequantised(rewrite, node);
    return true;
  }
  if (MOVES.has(node.opType) && node.outputs.length >= 1 && !others.some((name) => levels.has(name)))
    return keep(node, type);
  if (node.opType === 'Concat' && node.inputs.every((name) => levels.get(name) === type))
    return keep(node, type);
  const isExact = isWide(type) && ['Add', 'Sub', 'Mul'].includes(node.opType) && initializers.has(others[0]);
  return isExact
    ? keep({ ...node, inputs: [node.inputs[0], floatConstant(rewrite, others[0])] }, type)
    : false;
}

/**
 * A model of integer pixels as one of float32 pixels of the same values, so that it has a gradient: casts to float hand
 * them on, what moves values moves them, and an operator that takes only integers gets them cast back (no gradient there).
 * A model whose input is no integer comes back as it is.
 */
export function withFloatInput(model: Model): Model {
  const { graph } = model;
  const [input] = graph.inputs;
  if (graph.inputs.length !== 1 || !isWhole(input.type)) return model;
  const rewrite: Rewrite = {
    fresh: freshNames(model),
    initializers: new Map(graph.initializers),
    nodes: [],
    levels: new Map([[input.name, input.type]]),
    whole: new Map(),
  };
  for (const node of graph.nodes) {
    // Sizes do not depend on the type.
    const isBlind = node.opType === 'Shape' || !node.inputs.some((name) => rewrite.levels.has(name));
    if (isBlind) rewrite.nodes.push(node);
    else if (!takesLevels(rewrite, node))
      rewrite.nodes.push({ ...node, inputs: node.inputs.map((name) => wholeAgain(rewrite, name)) });
  }
  return withGraph(model, {
    inputs: [{ ...input, type: 'float32' }],
    nodes: rewrite.nodes,
    initializers: rewrite.initializers,
    valueInfo: new Map(),
  });
}
