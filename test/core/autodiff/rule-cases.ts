import type { RuleCase } from './rule-case.ts';
import { activationCases } from './rule-cases/activations.ts';
import { arithmeticCases } from './rule-cases/arithmetic.ts';
import { convolutionCases } from './rule-cases/convolutions.ts';
import { indexingCases } from './rule-cases/indexing.ts';
import { layoutCases } from './rule-cases/layout.ts';
import { normalisationCases } from './rule-cases/normalisations.ts';
import { poolingCases } from './rule-cases/pooling.ts';
import { productCases } from './rule-cases/products.ts';
import { reductionCases } from './rule-cases/reductions.ts';
import { resamplingCases } from './rule-cases/resampling.ts';
import { unaryCases } from './rule-cases/unary.ts';

/** Per family of rules, every rule in several shapes, attributes, broadcast forms and operator-set versions. */
export const RULE_CASES: Readonly<Record<string, readonly RuleCase[]>> = {
  unary: unaryCases,
  activations: activationCases,
  arithmetic: arithmeticCases,
  reductions: reductionCases,
  normalisations: normalisationCases,
  products: productCases,
  convolutions: convolutionCases,
  pooling: poolingCases,
  layout: layoutCases,
  resampling: resamplingCases,
  indexing: indexingCases,
};
