import { intOf } from '../../onnx/attributes.ts';
import { mergeBatch } from '../axis-matrix.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** Blocks of pixels become blocks of channels: DepthToSpace puts them back. */
export const spaceToDepth: Rule = (c) => {
  const images = mergeBatch(c.b, cotangent(c), c.outputs[0].dims);
  const blocksize = intOf(c.node, 'blocksize', 1);
  const gx = c.b.op('DepthToSpace', [images], { blocksize, mode: 'DCR' });
  return [c.b.reshape(gx, [-1, ...input(c).dims])];
};
