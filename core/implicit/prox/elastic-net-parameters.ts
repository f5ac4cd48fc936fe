import { checkFields } from '../option-names.ts';
import type { NamesOf } from '../option-names.ts';
import type { Scalar } from '../scalar.ts';

/** Weights of the elastic net: g = l1 (‖y‖₁ + gamma/2 ‖y‖²). */
export interface ElasticNetParameters {
  readonly l1: Scalar;
  readonly gamma: Scalar;
}

const NAMES: NamesOf<ElasticNetParameters> = { l1: true, gamma: true };

/** The weights, once they are known to be named as they should be; ImplicitError 'bad-usage' or 'unknown-name' otherwise. */
export function checkElasticNet(where: string, parameters: ElasticNetParameters): ElasticNetParameters {
  checkFields(`${where}: the parameters`, parameters, NAMES);
  return parameters;
}
