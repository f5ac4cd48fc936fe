import { TesseraError } from '../errors.ts';
import { labelOf } from '../onnx/attributes.ts';
import type { Node } from '../onnx/graph.ts';
import type { ElementType, Tensor } from '../tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { mapParts, phaseOf } from './phases.ts';
import type { Cotangent, Phases } from './phases.ts';

/** A tensor of the forward pass: what a rule may read again. All sizes are known. */
export interface Operand {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: ElementType;
}

/**
 * What a rule is given for one node of the path.
 *
 * A cotangent of a tensor of shape S has shape [K, ...S]: all K cotangents go through together. So an
 * element-wise product with a saved value needs no care (K is broadcast from the left), axes of the
 * tensor are counted from the end, and image operators see [K·N, C, H, W].
 */
export interface RuleContext {
  readonly node: Node;
  /** Operator set that the graph imports, at least 17. */
  readonly opset: number;
  readonly b: GraphBuilder;
  /** Undefined where an optional input is absent. */
  readonly inputs: readonly (Operand | undefined)[];
  readonly outputs: readonly Operand[];
  /** Per output, name of its cotangent [K, ...dims]; undefined where no path to the target goes through it. */
  readonly cotangents: readonly (string | undefined)[];
  /** The cotangent of the first output where it came in phases; reading `cotangents` puts it together. */
  readonly phases: Phases | undefined;
  /** Per input, whether its cotangent is needed. */
  readonly wanted: readonly boolean[];
  /** The value of an input that is known when the graph is built. */
  constant(index: number): Tensor | undefined;
  /** Makes the forward node give an optional output too, and returns its name. */
  extraOutput(index: number): string;
}

/**
 * Vector-Jacobian product of one operator: per input its cotangent [K, ...dims], by name or by phases.
 *
 * A rule leaves undefined what is not wanted, and what it cannot give: a wanted input left undefined is
 * reported to the user as not differentiable.
 */
export type Rule = (c: RuleContext) => readonly (Cotangent | undefined)[];

/** Rules of related operators, by operator name. */
export type RuleFamily = Readonly<Record<string, Rule>>;

/** Rule of y = f(x), element by element: gx = g · f′(x), where `derivative` names f′(x), shaped like x. */
export function elementwise(derivative: (c: RuleContext) => string): Rule {
  return (c) => {
    const slope = derivative(c);
    const { phases } = c;
    if (phases === undefined) return [c.b.mul(cotangent(c), slope)];
    return [mapParts(phases, (part, phase) => c.b.mul(part, phaseOf(c.b, slope, phases.strides, phase)))];
  };
}

/** Cotangent of the first output, which every single-output node on the path has. */
export function cotangent(c: RuleContext): string {
  const name = c.cotangents[0];
  if (name === undefined) throw refusal(c, 'the path goes through an output other than the first');
  return name;
}

/** Input `index`, which the operator's definition requires. */
export function input(c: RuleContext, index = 0): Operand {
  const operand = c.inputs[index];
  if (operand === undefined)
    throw new TesseraError('bad-model', `The ${labelOf(c.node)} lacks its input ${index}.`);
  return operand;
}

/** A scalar of the floating-point type that the node computes in. */
export function scalar(c: RuleContext, value: number): string {
  return c.b.scalar(value, c.outputs[0].type);
}

/** Values of a numeric input known at build time, or undefined when it is absent or computed. */
export function constantNumbers(c: RuleContext, index: number): number[] | undefined {
  const tensor = c.constant(index);
  if (tensor === undefined || tensor.type === 'string') return undefined;
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** As {@link constantNumbers}, but refuses a node whose input is computed. */
export function requireNumbers(c: RuleContext, index: number, what: string): number[] {
  const values = constantNumbers(c, index);
  if (values === undefined) throw refusal(c, `its ${what} is not a constant`);
  return values;
}

/** Axis counted from the front, 0 … rank - 1. */
export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** What a message advises where gradients end. */
export const BLACK_BOX_HINT =
  'Choose a tensor so that the path avoids this node, or use a method that needs no gradients: occlusion, RISE or Sobol attribution.';

/** A node with a rule, but in a form that the rule does not cover. */
export function refusal(c: RuleContext, why: string): TesseraError {
  return new TesseraError('not-differentiable', `Cannot differentiate ${labelOf(c.node)}: ${why}.`, {
    hint: BLACK_BOX_HINT,
  });
}
