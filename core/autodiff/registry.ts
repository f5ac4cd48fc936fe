import type { Rule, RuleFamily } from './rule.ts';
import { activationRules } from './rules/activations.ts';
import { arithmeticRules } from './rules/arithmetic.ts';
import { convolutionRules } from './rules/convolutions.ts';
import { indexingRules } from './rules/indexing.ts';
import { layoutRules } from './rules/layout.ts';
import { normalisationRules } from './rules/normalisations.ts';
import { poolingRules } from './rules/pooling.ts';
import { productRules } from './rules/products.ts';
import { reductionRules } from './rules/reductions.ts';
import { resamplingRules } from './rules/resampling.ts';
import { straightThroughRules } from './rules/straight-through.ts';
import { unaryRules } from './rules/unary.ts';

/**
 * Every family of rules: the one list of what the gradient goes through. An operator stands in exactly one.
 *
 * @internal Tests compare with it.
 */
export const RULE_FAMILIES: Readonly<Record<string, RuleFamily>> = {
  unary: unaryRules,
  activations: activationRules,
  arithmetic: arithmeticRules,
  reductions: reductionRules,
  normalisations: normalisationRules,
  products: productRules,
  convolutions: convolutionRules,
  pooling: poolingRules,
  layout: layoutRules,
  resampling: resamplingRules,
  indexing: indexingRules,
};

const RULES: ReadonlyMap<string, Rule> = new Map(Object.values(RULE_FAMILIES).flatMap(Object.entries<Rule>));

/** Steps that the gradient passes by convention, though they have no derivative. */
const STRAIGHT_THROUGH: ReadonlyMap<string, Rule> = new Map(Object.entries<Rule>(straightThroughRules));

/** Standard ONNX operators (`ai.onnx`) that the gradient goes through, in alphabetical order. */
export const DIFFERENTIABLE_OPS: readonly string[] = [...RULES.keys()].sort();

/** The rule of an operator of the standard domain, or undefined when there is none. */
export function ruleOf(opType: string): Rule | undefined {
  return RULES.get(opType) ?? STRAIGHT_THROUGH.get(opType);
}
