import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import * as toolkit from '../../../core/implicit/index.ts';
import { constant, ImplicitError, toFloat64 } from '../../../core/implicit/index.ts';
import { flattenTree } from '../../../core/implicit/tree.ts';
import { publicCalls, publicNames, WITHOUT_CALL } from './public-calls.ts';
import type { PublicCall } from './public-calls.ts';

type Make = (good: unknown) => unknown;

const filled =
  (value: number): Make =>
  (good) => {
    if (typeof good === 'number') return value;
    const tensor = good as tf.Tensor;
    const values = toFloat64(tensor);
    values[0] = value;
    return tensor.dtype === 'int32'
      ? tf.tensor([...values], tensor.shape, 'float32')
      : constant(values, tensor.shape);
  };

const reshaped =
  (shape: (good: number[]) => number[]): Make =>
  (good) =>
    typeof good === 'number' ? tf.ones([2, 3, 1]) : tf.ones(shape((good as tf.Tensor).shape));

/** What a leaf of the arguments may be by mistake. */
const MISTAKES: Readonly<Record<string, Make>> = {
  NaN: filled(NaN),
  Infinity: filled(Infinity),
  '-Infinity': filled(-Infinity),
  huge: filled(1e300),
  'another length': reshaped((shape) => [...shape.slice(0, -1), (shape.at(-1) ?? 1) + 1]),
  'one axis more': reshaped((shape) => [...shape, 2]),
  empty: reshaped(() => [0]),
  'an array': (good) => (typeof good === 'number' ? [good] : Array.from(toFloat64(good as tf.Tensor))),
  'a string': () => 'three',
  undefined: () => undefined,
  null: () => null,
  'a number': () => 3,
  disposed: (good) => {
    const gone = typeof good === 'number' ? tf.scalar(good) : tf.clone(good as tf.Tensor);
    gone.dispose();
    return gone;
  },
  'a string tensor': () => tf.tensor1d(['a', 'b']),
};

interface Mutant {
  readonly name: string;
  readonly args: unknown[];
}

const isLeaf = (value: unknown): boolean => value instanceof tf.Tensor || typeof value === 'number';

/** Every way to put one mistake in the place of one tensor or number of a tree. */
function mutants(tree: unknown, path: string): { readonly name: string; readonly tree: unknown }[] {
  if (isLeaf(tree))
    return Object.entries(MISTAKES).map(([mistake, make]) => ({
      name: `${path}: ${mistake}`,
      tree: make(tree),
    }));
  if (Array.isArray(tree))
    return tree.flatMap((child, i) =>
      mutants(child, `${path}[${i}]`).map((changed) => ({ ...changed, tree: tree.with(i, changed.tree) })),
    );
  if (typeof tree !== 'object' || tree === null) return [];
  const fields = Object.entries(tree);
  const changed = fields.flatMap(([key, child]) =>
    mutants(child, `${path}.${key}`).map(({ name, tree: other }) => ({
      name,
      tree: { ...tree, [key]: other },
    })),
  );
  return [...changed, { name: `${path}: a field too many`, tree: { ...tree, mistake: 1 } }];
}

function allMutants({ args }: PublicCall): Mutant[] {
  const good = args();
  return [
    ...mutants(good, 'args').map(({ name, tree }) => ({ name, args: tree as unknown[] })),
    ...good.map((_, count) => ({ name: `only ${count} arguments`, args: good.slice(0, count) })),
  ];
}

/** Whether NaN is among the numbers of a result that does not say how it went. */
function hidesNaN(result: unknown): boolean {
  if (typeof result === 'number') return Number.isNaN(result);
  if (typeof result === 'object' && result !== null && ('status' in result || 'linear' in result))
    return false;
  return flattenTree(result).leaves.some((leaf) => toFloat64(leaf).some(Number.isNaN));
}

const SILENT = 'NaN in silence';

/** undefined where all is well, else what went wrong. */
function outcome(run: () => unknown): string | undefined {
  try {
    let hides = false;
    tf.tidy(() => {
      hides = hidesNaN(run());
    });
    return hides ? SILENT : undefined;
  } catch (error) {
    if (error instanceof ImplicitError) return undefined;
    return `${(error as Error).name}: ${(error as Error).message}`.split('\n')[0];
  }
}

const total = (result: unknown): tf.Tensor =>
  tf.addN(flattenTree(result).leaves.map((leaf) => tf.sum(tf.cast(leaf, 'float32'))));

/** The gradient of all results by all real tensors among the arguments. */
function gradient(call: PublicCall['call'], args: readonly unknown[]): () => unknown {
  const tree = flattenTree(args);
  const isReal = tree.leaves.map((leaf) => leaf.dtype === 'float32' && !leaf.isDisposed);
  const asked = tree.leaves.filter((_, i) => isReal[i]);
  return () =>
    tf.grads((...given: tf.Tensor[]) => {
      const queue = [...given];
      const leaves = tree.leaves.map((leaf, i) => (isReal[i] ? queue.shift()! : leaf));
      const value = total(call(...tree.rebuild<never[]>(leaves)));
      // Arguments that a result does not depend on have no gradient, which is not the question here.
      return tf.addN([
        value,
        ...given.map((tensor) =>
          tf.mul(0, tf.sum(tf.where(tf.isFinite(tensor), tensor, tf.zerosLike(tensor)))),
        ),
      ]);
    })(asked);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('every public function of the toolkit', () => {
  it('has a call here, or a reason for none', () => {
    const known = [...Object.keys(publicCalls), ...Object.keys(WITHOUT_CALL)];
    expect(publicNames.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !publicNames.includes(name))).toEqual([]);
  });
});

const all = Object.entries(publicCalls);
const checked = all.filter(([, { isOwnFunction }]) => !isOwnFunction);

describe('arguments that are right', () => {
  it.each(all)('are taken by %s', (_, entry) => {
    expect(outcome(() => entry.call(...(entry.args() as never[])))).toBeUndefined();
    if (!entry.isConstant) expect(outcome(gradient(entry.call, entry.args()))).toBeUndefined();
  });
});

describe('mistakes are answered with a named error or a status, never with NaN', () => {
  it.each(checked)('by %s', (_, entry) => {
    const wrong = allMutants(entry).flatMap(({ name, args }) => {
      const found = outcome(() => entry.call(...(args as never[])));
      return found === undefined || (entry.isArithmetic && found === SILENT) ? [] : [`${name}: ${found}`];
    });
    expect(wrong).toEqual([]);
  });

  it.each(checked.filter(([, { isConstant, isArithmetic }]) => !isConstant && !isArithmetic))(
    'by the gradient of %s',
    (_, entry) => {
      const numeric = allMutants(entry).filter(({ name }) => /NaN|Infinity|huge/.test(name));
      const wrong = numeric.flatMap(({ name, args }) => {
        const found = outcome(gradient(entry.call, args));
        return found === undefined ? [] : [`${name}: ${found}`];
      });
      expect(wrong).toEqual([]);
    },
  );
});

describe('what only one call gets wrong', () => {
  const x = (): tf.Tensor => constant([0.7, -0.4]);
  const data = (): toolkit.objectives.Data => ({ X: constant([[1, 2]]), y: constant([1]) });
  const cases: Readonly<Record<string, () => unknown>> = {
    'two radii for one vector': () => toolkit.projectionL2Ball(x(), constant([1, 2])),
    'two offsets for one vector': () => toolkit.projectionHalfspace(x(), x(), constant([1, 2])),
    'a negative ridge': () => toolkit.objectives.ridgeRegression(x(), -1, data()),
    'a negative l1': () => toolkit.objectives.lasso(x(), -1, data()),
    'batches that are no function': () =>
      toolkit.solvers.armijoSgd((v: tf.Tensor) => tf.sum(v), { batches: 3 as never }),
    'a noise without a draw': () =>
      toolkit.perturbed.perturbedArgmax(toolkit.perturbed.oneHotArgmax, { noise: { draw: 1 } as never }),
    'a misspelt option': () => toolkit.solvers.lbfgs((v: tf.Tensor) => tf.sum(v), { maxiter: 1 } as never),
    'a misspelt option of the linear solver': () =>
      toolkit.customRoot((v: tf.Tensor) => v, { linear: { maxiter: 1 } as never }),
    'a promise in 64 bits': () => toolkit.inFloat64(() => Promise.resolve(1)),
  };

  it.each(Object.entries(cases))('is refused by name: %s', (_, run) => {
    expect(() => tf.tidy(() => void run())).toThrow(ImplicitError);
  });
});
