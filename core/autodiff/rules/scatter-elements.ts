import { intOf, stringOf } from '../../onnx/attributes.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input, positiveAxis, refusal } from '../rule.ts';

/** Writing (or adding) single values along an axis: the updates get what stands there, the data what was not overwritten. */
export const scatterElements: Rule = (c) => {
  const reduction = stringOf(c.node, 'reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add') throw refusal(c, `its reduction is "${reduction}"`);
  const axis = positiveAxis(intOf(c.node, 'axis', 0), input(c).dims.length);
  return [
    c.wanted[0] ? (reduction === 'add' ? cotangent(c) : withoutOverwritten(c, axis)) : undefined,
    undefined,
    c.wanted[2] ? updatesVjp(c, axis) : undefined,
  ];
};

function withoutOverwritten(c: RuleContext, axis: number): string {
  const { b } = c;
  const [x, indices] = [input(c), input(c, 1)];
  const ones = b.expand(
    b.floats(
      [1],
      x.dims.map(() => 1),
      x.type,
    ),
    x.dims,
  );
  const zeros = b.expand(
    b.floats(
      [0],
      indices.dims.map(() => 1),
      x.type,
    ),
    indices.dims,
  );
  return b.mul(cotangent(c), b.op('ScatterElements', [ones, indices.name, zeros], { axis }));
}

function updatesVjp(c: RuleContext, axis: number): string {
  const { b } = c;
  const g = cotangent(c);
  const count = b.slice(b.op('Shape', [g]), 0, 0, 1);
  const shape = b.op('Concat', [count, b.ints(input(c, 1).dims)], { axis: 0 });
  const indices = b.op('Expand', [input(c, 1).name, shape]);
  return b.op('GatherElements', [g, indices], { axis: axis + 1 });
}
