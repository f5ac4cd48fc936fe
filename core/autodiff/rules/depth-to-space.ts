import { intOf, stringOf } from '../../onnx/attributes.ts';
import { mergeBatch } from '../axis-matrix.ts';
import type { Rule } from '../rule.ts';
import { cotangent, input } from '../rule.ts';

/** Blocks of channels become blocks of pixels: the same values go back, in either order (DCR or CRD). */
export const depthToSpace: Rule = (c) => {
  const { b } = c;
  const { dims } = input(c);
  const size = intOf(c.node, 'blocksize', 1);
  const [, channels, height, width] = dims;
  const images = mergeBatch(b, cotangent(c), c.outputs[0].dims);
  const blocks = b.reshape(images, [-1, channels / size ** 2, height, size, width, size]);
  const isDcr = stringOf(c.node, 'mode', 'DCR') === 'DCR';
  const moved = b.transpose(blocks, isDcr ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]);
  return [b.reshape(moved, [-1, ...dims])];
};
