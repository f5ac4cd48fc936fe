import { BugError, TesseraError, invariant } from '../errors.ts';
import { labelOf } from '../onnx/attributes.ts';
import type { Node } from '../onnx/graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { interleave, sumCotangents } from './phases.ts';
import type { Cotangent } from './phases.ts';
import type { PreparedGraph } from './prepare.ts';
import { DIFFERENTIABLE_OPS, ruleOf } from './registry.ts';
import type { Operand, Rule, RuleContext } from './rule.ts';
import { BLACK_BOX_HINT, refusal } from './rule.ts';

/** Where the sweep starts and ends; `seed` names the cotangents of `to`, [K, ...dims]. */
export interface SweepEnds {
  readonly from: string;
  readonly to: string;
  readonly seed: string;
}

/** What a sweep leaves behind. */
export interface SweptGraph {
  /** Name of the cotangents of `from`, [K, ...dims]. */
  readonly gradient: string;
  /** The forward nodes, with the extra outputs that rules asked for. */
  readonly forward: readonly Node[];
}

/** Visits the nodes of the path from the end and adds, for each, the nodes of its rule to the builder. */
export function backwardSweep(
  prepared: PreparedGraph,
  b: GraphBuilder,
  path: ReadonlySet<string>,
  { from, to, seed }: SweepEnds,
): SweptGraph {
  const collected = new Map<string, Cotangent[]>([[to, [seed]]]);
  const take = (name: string): Cotangent | undefined => {
    const terms = collected.get(name);
    return terms && sumCotangents(b, terms, (term) => whole(prepared, b, name, term));
  };
  const outputsOf = new Map(prepared.graph.nodes.map((node) => [node, [...node.outputs]]));
  for (const node of [...prepared.graph.nodes].reverse()) {
    const arrived = node.outputs.map((name) => (path.has(name) ? take(name) : undefined));
    if (arrived.every((term) => term === undefined)) continue;
    const context = contextOf(prepared, b, path, node, arrived, outputsOf.get(node) ?? []);
    const gradients = requireRule(node)(context);
    context.wanted.forEach((isWanted, i) => {
      if (!isWanted) return;
      const gradient = gradients[i];
      if (gradient === undefined)
        throw refusal(
          context,
          `its input ${i} ("${node.inputs[i]}") lies on the path, and only its main inputs have a gradient here`,
        );
      collected.set(node.inputs[i], [...(collected.get(node.inputs[i]) ?? []), gradient]);
    });
  }
  const last = take(from);
  invariant(last !== undefined, `no cotangent arrived at "${from}"`);
  const gradient = whole(prepared, b, from, last);
  const forward = prepared.graph.nodes.map((node) => ({
    ...node,
    outputs: outputsOf.get(node) ?? node.outputs,
  }));
  return { gradient, forward };
}

function requireRule(node: Node): Rule {
  const rule = node.domain === '' ? ruleOf(node.opType) : undefined;
  if (rule !== undefined) return rule;
  const domain = node.domain === '' ? '' : ` of the domain ${node.domain}`;
  throw new TesseraError(
    'unsupported-operator',
    `No gradient is known for the operator ${node.opType}${domain}, at ${labelOf(node)}; ${DIFFERENTIABLE_OPS.length} operators have one.`,
    { hint: BLACK_BOX_HINT },
  );
}

function operandOf({ facts }: PreparedGraph, name: string): Operand {
  const fact = facts.get(name);
  if (fact === undefined) throw new BugError(`nothing is known of tensor "${name}"`);
  return { name, dims: fact.dims, type: fact.type };
}

/** The cotangent of a tensor under one name. */
function whole(prepared: PreparedGraph, b: GraphBuilder, tensor: string, term: Cotangent): string {
  if (typeof term === 'string') return term;
  const { dims, type } = operandOf(prepared, tensor);
  return interleave(b, term, dims, type);
}

function contextOf(
  prepared: PreparedGraph,
  b: GraphBuilder,
  path: ReadonlySet<string>,
  node: Node,
  arrived: readonly (Cotangent | undefined)[],
  outputs: string[],
): RuleContext {
  const operand = (name: string) => operandOf(prepared, name);
  const [first] = arrived;
  let names: readonly (string | undefined)[] | undefined;
  return {
    node,
    opset: prepared.opset,
    b,
    inputs: node.inputs.map((name) => (name === '' ? undefined : operand(name))),
    outputs: node.outputs.filter((name) => name !== '').map(operand),
    get cotangents() {
      names ??= arrived.map((term, i) => term && whole(prepared, b, node.outputs[i], term));
      return names;
    },
    phases: typeof first === 'string' ? undefined : first,
    wanted: node.inputs.map((name) => path.has(name)),
    constant: (index) => prepared.facts.get(node.inputs[index] ?? '')?.value,
    extraOutput: (index) => {
      while (outputs.length <= index) outputs.push('');
      if (outputs[index] === '') outputs[index] = b.freshName(`${outputs[0]}/${node.opType}_output_${index}`);
      return outputs[index];
    },
  };
}
