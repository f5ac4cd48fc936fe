import { intOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { cotangent } from '../rule.ts';

/** The upper or lower triangle of matrices: the same triangle of the cotangent. */
export const trilu: Rule = (c) => {
  const offset = c.inputs[1] === undefined ? [] : [c.inputs[1].name];
  return [c.b.op('Trilu', [cotangent(c), ...offset], { upper: intOf(c.node, 'upper', 1) })];
};
