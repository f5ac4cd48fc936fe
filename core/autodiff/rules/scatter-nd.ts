import { stringOf } from '../../onnx/attributes.ts';
import { sizeBetween } from '../graph-builder.ts';
import { flatRows } from '../nd-index.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input, refusal } from '../rule.ts';

/** Writing (or adding) slices at index tuples: the updates get what stands there, the data what was not overwritten. */
export const scatterNd: Rule = (c) => {
  const reduction = stringOf(c.node, 'reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add') throw refusal(c, `its reduction is "${reduction}"`);
  return [
    c.wanted[0] ? (reduction === 'add' ? cotangent(c) : withoutOverwritten(c)) : undefined,
    undefined,
    c.wanted[2] ? updatesVjp(c) : undefined,
  ];
};

function withoutOverwritten(c: RuleContext): string {
  const { b } = c;
  const [x, indices, updates] = [input(c), input(c, 1), input(c, 2)];
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
      updates.dims.map(() => 1),
      x.type,
    ),
    updates.dims,
  );
  return b.mul(cotangent(c), b.op('ScatterND', [ones, indices.name, zeros]));
}

function updatesVjp(c: RuleContext): string {
  const { b } = c;
  const { dims } = input(c);
  const depth = input(c, 1).dims.at(-1)!;
  const flat = [sizeBetween(dims, 0, depth), sizeBetween(dims, depth, dims.length)];
  const rows = flatRows(c, dims, 0);
  const numbers = rows.values === undefined ? rows.name : b.ints(rows.values);
  const picked = b.op('Gather', [b.reshape(cotangent(c), [-1, ...flat]), numbers], { axis: 1 });
  return b.reshape(picked, [-1, ...input(c, 2).dims]);
}
