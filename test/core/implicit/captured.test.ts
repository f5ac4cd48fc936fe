import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as implicit from '../../../core/implicit/index.ts';
import { constant, solvers } from '../../../core/implicit/index.ts';
import { expectClose, readGolden, tensorOf } from '../../fixtures/implicit/golden.ts';
import type { GoldenArray, GoldenValue } from '../../fixtures/implicit/golden.ts';

interface ClosureCase {
  readonly id: string;
  readonly inputs: Readonly<Record<string, GoldenValue>>;
  readonly total_gradient: GoldenValue;
  readonly outer_value: number;
}
interface AuxCase {
  readonly id: string;
  readonly inputs: Readonly<Record<string, GoldenValue>>;
  readonly solution: GoldenArray;
  readonly aux: Readonly<Record<string, GoldenValue>>;
  readonly aux_total_derivative: Readonly<Record<string, GoldenValue>>;
  readonly outer_value?: number;
  readonly hyper_gradient?: number;
}
const golden = readGolden<{ aux_cases: readonly AuxCase[]; closure_cases: readonly ClosureCase[] }>(
  'aux_closure',
);
const auxCase = (id: string): AuxCase => golden.aux_cases.find((item) => item.id === id)!;

type Inputs = Readonly<Record<string, tf.Tensor>>;
const tensors = (inputs: Readonly<Record<string, GoldenValue>>): Inputs =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, tensorOf(value)]));
const precisely = (run: () => void): void =>
  implicit.inFloat64(() => {
    const before = tf.memory().numTensors;
    tf.tidy(run);
    expect(tf.memory().numTensors).toBe(before);
  });

const times = (a: tf.Tensor, v: tf.Tensor): tf.Tensor =>
  tf.reshape(tf.matMul(a, tf.reshape(v, [-1, 1])), [-1]);
const half = (v: tf.Tensor): tf.Tensor => tf.mul(0.5, tf.sum(v));
const dot = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.mul(a, b));
const fit = (X: tf.Tensor, y: tf.Tensor, w: tf.Tensor): tf.Tensor => half(tf.square(tf.sub(times(X, w), y)));

/** min ½|Xw - y|² + ½ Σ θ w² with θ closed over, by L-BFGS. */
function ridgeOf({ X, y }: Inputs, theta: tf.Tensor): tf.Tensor {
  const objective = (w: tf.Tensor): tf.Tensor => tf.add(fit(X, y, w), half(tf.mul(theta, tf.square(w))));
  return solvers.lbfgs<[]>(objective, { tol: 1e-11 }).run(tf.zeros([X.shape[1]!]));
}

const losses: Readonly<Record<string, (p: Inputs) => (theta: tf.Tensor) => tf.Tensor>> = {
  'closure/ridge_stationary': (p) => (theta) => {
    const w = ridgeOf(p, theta);
    const direct = tf.mul(constant(0.1), tf.mul(tf.square(theta), tf.sum(tf.abs(w))));
    return tf.add(fit(p.Xv, p.yv, w), direct);
  },
  'closure/no_direct_part': (p) => (theta) => fit(p.Xv, p.yv, ridgeOf(p, theta)),
  'closure/vector_theta': (p) => (theta) => {
    const w = ridgeOf(p, theta);
    return tf.add(fit(p.Xv, p.yv, w), dot(theta, tf.square(w)));
  },
  'closure/fixed_point':
    ({ W, a }) =>
    (theta) => {
      const map = (x: tf.Tensor): tf.Tensor => tf.tanh(tf.add(times(W, x), tf.mul(theta, a)));
      const iterate = (x: tf.Tensor): tf.Tensor => {
        for (let i = 0; i < 300; i++) x = map(x);
        return x;
      };
      const x = implicit.customFixedPoint(map)(iterate)(tf.zeros([a.size]));
      return tf.add(tf.mul(theta, tf.sum(x)), tf.sum(tf.square(x)));
    },
  'closure/projected_gradient':
    ({ u, a }) =>
    (theta) => {
      const objective = (x: tf.Tensor): tf.Tensor => half(tf.square(tf.sub(x, tf.mul(theta, u))));
      const project = (x: tf.Tensor): tf.Tensor => implicit.projectionBox(x, -0.6, 0.6);
      const x = solvers
        .projectedGradient<tf.Tensor, []>(objective, project, { tol: 1e-12 })
        .run(tf.zeros([a.size]));
      return tf.add(dot(a, x), tf.mul(tf.cos(theta), tf.sum(tf.square(x))));
    },
  'closure/explicit_and_closed':
    ({ u, a }) =>
    (theta) =>
      tf.mul(theta, dot(a, implicit.proxLasso(u, theta, constant(0.3)))),
};

describe('a parameter that a condition closes over', () => {
  it('has a loss for every golden case', () => {
    expect(golden.closure_cases.map(({ id }) => id).sort()).toEqual(Object.keys(losses).sort());
  });
  for (const item of golden.closure_cases) {
    it(`${item.id}: the gradient is the total one`, () => {
      precisely(() => {
        const p = tensors(item.inputs);
        const { value, grad } = tf.valueAndGrad(losses[item.id](p))(p.theta);
        expectClose(value, item.outer_value, 1e-8);
        expectClose(grad, item.total_gradient, 1e-7);
      });
    });
  }

  const square = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.square(x), t);

  it('counts apart from the same tensor as an argument, once each, to the second order', () => {
    precisely(() => {
      // x² = t·t, one t an argument and one closed over: x = t, the loss x³ = t³.
      const loss = (t: tf.Tensor): tf.Tensor => {
        const root = (x: tf.Tensor, s: tf.Tensor): tf.Tensor => tf.sub(tf.square(x), tf.mul(s, t));
        const x = implicit.customRoot(root)((_: null, s: tf.Tensor) => tf.clone(s))(null, t);
        return tf.sum(tf.mul(x, tf.square(x)));
      };
      const gradient = tf.grad(loss);
      expect(implicit.toFloat64(gradient(constant([2])))).toBeAllclose([12], { rtol: 1e-12 });
      expect(implicit.toFloat64(tf.grad((t) => tf.sum(gradient(t)))(constant([2])))).toBeAllclose([12], {
        rtol: 1e-9,
      });
    });
  });

  it('may be worked out inside the loss, be a variable, or sit in a Map', () => {
    precisely(() => {
      const worked = (t: tf.Tensor): tf.Tensor => {
        const squared = tf.square(t);
        const data = constant([1, 2]);
        const root = (x: tf.Tensor): tf.Tensor => tf.sub(tf.square(x), tf.mul(squared, data));
        return tf.sum(implicit.customRoot(root)(() => tf.sqrt(tf.mul(squared, data)))(null));
      };
      expect(implicit.toFloat64(tf.grad(worked)(constant(3)))).toBeAllclose([1 + Math.SQRT2], {
        rtol: 1e-12,
      });

      const inMap = (t: tf.Tensor): tf.Tensor => {
        type Held = Map<string, tf.Tensor>;
        const root = (x: tf.Tensor, held: Held): tf.Tensor => square(x, held.get('t')!);
        const solver = (_: null, held: Held): tf.Tensor => tf.sqrt(held.get('t')!);
        return tf.sum(implicit.customRoot(root)(solver)(null, new Map([['t', t]])));
      };
      expect(implicit.toFloat64(tf.grad(inMap)(constant([4])))).toBeAllclose([0.25], { rtol: 1e-12 });
    });
    implicit.inFloat64(() => {
      const variable = tf.variable(constant([9]));
      const { grads } = tf.variableGrads(() => {
        const root = (x: tf.Tensor): tf.Tensor => square(x, variable);
        return tf.sum<tf.Scalar>(implicit.customRoot(root)(() => tf.sqrt(variable))(null));
      }, [variable]);
      expect(implicit.toFloat64(grads[variable.name])).toBeAllclose([1 / 6], { rtol: 1e-12 });
      tf.dispose([grads, variable] as tf.TensorContainer);
    });
  });

  it('reaches a root inside the condition of another root', () => {
    precisely(() => {
      const loss = (t: tf.Tensor): tf.Tensor => {
        const inner = implicit.customRoot((z: tf.Tensor) => square(z, t))(() => tf.sqrt(t));
        const outer = (x: tf.Tensor): tf.Tensor => tf.sub(x, tf.mul(2, inner(null)));
        return tf.sum(implicit.customRoot(outer)(() => tf.mul(2, tf.sqrt(t)))(null));
      };
      expect(implicit.toFloat64(tf.grad(loss)(constant([4])))).toBeAllclose([0.5], { rtol: 1e-12 });
    });
  });

  it('a tensor of the loss that is also its value survives the gradient', () => {
    precisely(() => {
      const loss = (t: tf.Tensor): tf.Scalar => {
        const doubled: tf.Scalar = tf.mul(2, t);
        implicit.customRoot((x: tf.Tensor) => tf.sub(x, doubled))(() => tf.clone(doubled))(null);
        return doubled;
      };
      const { value, grad } = tf.valueAndGrad(loss)(constant(3));
      expect([value, grad].map((v) => implicit.toFloat64(v)[0])).toEqual([6, 2]);
    });
  });

  it('a loss that does not depend on its argument is refused by tfjs, and leaves nothing behind', () => {
    implicit.inFloat64(() => {
      const [x, other] = [constant([4]), constant([9])];
      const solve = implicit.customRoot(square)((_: null, t: tf.Tensor) => tf.sqrt(t));
      const held = tf.memory();
      expect(() => tf.grad(() => tf.sum(tf.square(solve(null, other))))(x)).toThrow(
        'Cannot compute gradient',
      );
      const { numTensors, numDataBuffers } = tf.memory();
      expect([numTensors, numDataBuffers]).toEqual([held.numTensors, held.numDataBuffers]);
      tf.dispose([x, other]);
    });
  });
});

describe('auxiliary output', () => {
  it('aux/ridge: is that of the solution, and differentiable', () => {
    precisely(() => {
      const item = auxCase('aux/ridge');
      const { X, y, Xv, yv, theta } = tensors(item.inputs);
      const objective = (w: tf.Tensor, t: tf.Tensor) => {
        const [residual, norm] = [tf.sub(times(X, w), y), tf.sum(tf.square(w))];
        const penalty = tf.mul(t, norm);
        return {
          value: tf.add(half(tf.square(residual)), tf.mul(0.5, penalty)),
          aux: { residual, norm, penalty },
        };
      };
      const solve = solvers.withAux(
        (f: (w: tf.Tensor, t: tf.Tensor) => tf.Tensor) => solvers.lbfgs(f, { tol: 1e-11 }),
        objective,
      );
      const start = tf.zeros([X.shape[1]!]);
      const { x, aux } = solve(start, theta);
      expectClose(x, item.solution, 1e-8);
      for (const [name, want] of Object.entries(item.aux)) {
        expectClose(aux[name as 'norm'], want, 1e-8);
        const along = implicit.jvp(([t]) => solve(start, t).aux[name as 'norm'], [theta], [constant(1)]);
        expectClose(along, item.aux_total_derivative[name], 1e-7);
      }
      const outer = tf.valueAndGrad((t: tf.Tensor) => fit(Xv, yv, solve(start, t).x))(theta);
      expectClose(outer.value, item.outer_value!, 1e-8);
      expectClose(outer.grad, item.hyper_gradient!, 1e-7);
    });
  });

  it('aux/logistic: a list of tensors', () => {
    precisely(() => {
      const item = auxCase('aux/logistic');
      const { X, theta, ...rest } = tensors(item.inputs);
      const [labels] = Object.values(rest);
      const objective = (w: tf.Tensor, t: tf.Tensor) => {
        const logits = times(X, w);
        const loss = tf.mean(tf.sub(tf.softplus(logits), tf.mul(labels, logits)));
        const positive = tf.sigmoid(logits);
        const probabilities = tf.stack([tf.sub(1, positive), positive], 1);
        return { value: tf.add(loss, tf.mul(t, half(tf.square(w)))), aux: [logits, probabilities] as const };
      };
      const solve = solvers.withAux(
        (f: (w: tf.Tensor, t: tf.Tensor) => tf.Tensor) => solvers.lbfgs(f, { tol: 1e-11 }),
        objective,
      );
      const start = tf.zeros([X.shape[1]!]);
      const { x, aux } = solve(start, theta);
      expectClose(x, item.solution, 1e-7);
      [item.aux.logits, item.aux.probabilities].forEach((want, i) => expectClose(aux[i], want, 1e-7));
      const moved = implicit.jvp(([t]) => solve(start, t).aux[0], [theta], [constant(1)]);
      expectClose(moved, item.aux_total_derivative.logits, 1e-6);
    });
  });

  it('of a solver of one’s own is passed on as a constant, tensors and all', () => {
    precisely(() => {
      const square = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.square(x), t);
      const solver = (_: null, t: tf.Tensor): [tf.Tensor, { trace: tf.Tensor; steps: number }] => [
        tf.sqrt(t),
        { trace: tf.mul(3, t), steps: 7 },
      ];
      const solve = implicit.customRoot(square, { hasAux: true })(solver);
      const [x, { trace, steps }] = solve(null, constant([4]));
      expect([implicit.toFloat64(x)[0], implicit.toFloat64(trace)[0], steps]).toEqual([2, 12, 7]);
      const loss = (t: tf.Tensor): tf.Tensor => {
        const [root, aux] = solve(null, t);
        return tf.sum(tf.mul(root, aux.trace));
      };
      expect(implicit.toFloat64(tf.grad(loss)(constant([4])))).toBeAllclose([12 / 4], { rtol: 1e-12 });
      const wrong = implicit.customRoot(square, { hasAux: true })((() => constant([2])) as never);
      expect(() => wrong(null, constant([4]))).toThrow('with hasAux the solver must return [solution, aux]');
    });
  });
});
