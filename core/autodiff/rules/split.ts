import { intOf } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { input, positiveAxis } from '../rule.ts';

/** Cutting along an axis: the cotangents are joined again, with zeros for parts that are not on the path. */
export const split: Rule = (c) => {
  const { b } = c;
  const x = input(c);
  const axis = positiveAxis(intOf(c.node, 'axis', 0), x.dims.length) + 1;
  if (c.cotangents.every((g) => g !== undefined)) return [b.op('Concat', c.cotangents, { axis })];
  let start = 0;
  const parts = c.outputs.flatMap(({ dims }, i) => {
    const [before, after] = [start, x.dims[axis - 1] - start - dims[axis - 1]];
    start += dims[axis - 1];
    const g = c.cotangents[i];
    const only = (pad: number) => [0, ...dims].map((_, j) => (j === axis ? pad : 0));
    return g === undefined ? [] : [b.pad(g, only(before), only(after))];
  });
  return [b.sumOf(parts)];
};
