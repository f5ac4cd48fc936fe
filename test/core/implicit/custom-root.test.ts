import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attachRoot } from '../../../core/implicit/attach-root.ts';
import { constant } from '../../../core/implicit/constant.ts';
import { customFixedPoint, customFixedPointAsync } from '../../../core/implicit/custom-fixed-point.ts';
import { customRoot, customRootAsync } from '../../../core/implicit/custom-root.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import type { LinearReport } from '../../../core/implicit/derivative-report.ts';
import { rootJacobian, rootJvp, rootVjp } from '../../../core/implicit/root-derivatives.ts';

registerFloat64Backend();

const column = (v: tf.Tensor): tf.Tensor => tf.reshape(v, [v.size, 1]);
const times = (a: tf.Tensor, v: tf.Tensor): tf.Tensor => tf.reshape(tf.matMul(a, column(v)), [v.size]);

interface Problem {
  readonly matrix: tf.Tensor;
  readonly weights: { readonly scale: tf.Tensor; readonly list: readonly [tf.Tensor, tf.Tensor] };
  readonly repeats: number;
  readonly chosen: tf.Tensor;
}
/** x = tanh(0.2 M x · scale + list₀ + repeats · gather(list₁, chosen)). */
const map = (x: tf.Tensor, { matrix, weights, repeats, chosen }: Problem): tf.Tensor =>
  tf.tanh(
    tf.addN([
      tf.mul(weights.scale, times(matrix, x)),
      weights.list[0],
      tf.mul(repeats, tf.gather(weights.list[1], chosen)),
    ]),
  );
function iterate(init: tf.Tensor, problem: Problem, count = 80): tf.Tensor {
  let x = init;
  for (let i = 0; i < count; i++) x = map(x, problem);
  return x;
}

const matrix = [
  [0.2, -0.5, 0.1],
  [0.4, 0.1, -0.3],
  [-0.2, 0.3, 0.3],
];

function build(scale: tf.Tensor, bias: tf.Tensor, extra: tf.Tensor): Problem {
  return {
    matrix: constant(matrix),
    weights: { scale, list: [bias, extra] },
    repeats: 2,
    chosen: tf.tensor1d([1, 0, 1], 'int32'),
  };
}

for (const backend of ['float64', 'cpu', 'wasm']) {
  const precise = backend === 'float64';
  describe(`customRoot and customFixedPoint on the ${backend} backend`, () => {
    beforeAll(async () => {
      await tf.setBackend(backend);
      await tf.ready();
    });
    let before = 0;
    beforeEach(() => {
      before = tf.memory().numTensors;
    });

    const inputs = (): tf.Tensor[] => [constant(0.8), constant([0.1, -0.2, 0.3]), constant([0.2, -0.1])];
    const implicit = customFixedPoint(map)(iterate);

    it('gives the gradients of the unrolled solver for nested, named and integer arguments, leaking nothing', () => {
      const [got, want] = tf.tidy(() => {
        const start = tf.zeros([3]);
        const loss =
          (solve: typeof iterate) =>
          (...p: tf.Tensor[]): tf.Tensor =>
            tf.sum(tf.mul(tf.square(solve(start, build(p[0], p[1], p[2]))), constant([1, 2, 3])));
        const grads = [implicit, iterate].map((solve) => tf.grads(loss(solve))(inputs()));
        return grads.map((list) => list.map((g) => Array.from(toFloat64(g)))) as never;
      }) as unknown as number[][][];
      got.forEach((gradient, i) =>
        // Eighty contraction steps leave 1e-12; float32 rounds at 1e-7.
        expect(gradient).toBeAllclose(want[i], {
          rtol: precise ? 1e-9 : 2e-5,
          atol: precise ? 1e-10 : 1e-5,
        }),
      );
      expect(tf.memory().numTensors).toBe(before);
    });

    it('leaks nothing outside tidy: only the gradients asked for stay', () => {
      const start = tf.zeros([3]);
      const [scale, bias, extra] = inputs() as [tf.Tensor, tf.Tensor, tf.Tensor];
      const problem = build(scale, bias, extra);
      const held = tf.memory().numTensors;
      const { value, grads } = tf.valueAndGrads((s: tf.Tensor) =>
        tf.sum(implicit(start, { ...problem, weights: { ...problem.weights, scale: s } })),
      )([scale]);
      expect(tf.memory().numTensors).toBe(held + 2);
      const plain = implicit(start, problem);
      expect(tf.memory().numTensors).toBe(held + 3);
      tf.dispose([
        value,
        grads,
        plain,
        start,
        scale,
        bias,
        extra,
        problem.matrix,
        problem.chosen,
      ] as tf.TensorContainer);
      expect(tf.memory().numTensors).toBe(before);
    });

    it('differentiates a tree of solutions', () => {
      type X = { a: tf.Tensor; rest: [tf.Tensor] };
      const root = (x: X, t: tf.Tensor): X => ({
        a: tf.sub(tf.square(x.a), t),
        rest: [tf.sub(x.rest[0], tf.mul(x.a, constant([1, 2])))],
      });
      const solver = (_: null, t: tf.Tensor): X => {
        const a = tf.sqrt(t);
        return { a, rest: [tf.mul(a, constant([1, 2]))] };
      };
      const gradient = tf.tidy(() => {
        const f = (t: tf.Tensor): tf.Tensor => tf.sum(customRoot(root)(solver)(null, t).rest[0]);
        return Array.from(toFloat64(tf.grad(f)(constant(4)))) as never;
      }) as unknown as number[];
      expect(gradient).toBeAllclose([3 / (2 * 2)], { rtol: precise ? 1e-12 : 1e-5 });
      expect(tf.memory().numTensors).toBe(before);
    });

    it('differentiates an asynchronous solver after awaiting it', async () => {
      const solver = async (_: null, t: tf.Tensor): Promise<tf.Tensor> => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return tf.sqrt(t);
      };
      const theta = constant([4, 9]);
      const attached = await customRootAsync((x: tf.Tensor, t: tf.Tensor) => tf.sub(tf.square(x), t))(solver)(
        null,
        theta,
      );
      const gradient = tf.grad((t: tf.Tensor) => tf.sum(attached(t)))(theta);
      expect(toFloat64(gradient)).toBeAllclose([1 / 4, 1 / 6], { rtol: precise ? 1e-12 : 1e-5 });
      attached.dispose();
      tf.dispose([gradient, theta]);
      expect(tf.memory().numTensors).toBe(before);
    });

    for (const solve of ['lu', 'gmres', 'bicgstab', 'normal-cg'] as const) {
      it(`solves with ${solve} as with any other method`, () => {
        const linear: LinearReport[] = [];
        const options = { solve, onSolve: (report: LinearReport) => linear.push(report) };
        const gradients = tf.tidy(() => {
          const f =
            (wrapped: typeof implicit) =>
            (bias: tf.Tensor): tf.Tensor =>
              tf.sum(wrapped(tf.zeros([3]), build(constant(0.8), bias, constant([0.2, -0.1]))));
          return [customFixedPoint(map, options)(iterate), implicit].map((w) =>
            Array.from(toFloat64(tf.grad(f(w))(constant([0.1, -0.2, 0.3])))),
          ) as never;
        }) as unknown as number[][];
        expect(linear[0].status).toBe('converged');
        expect(gradients[0]).toBeAllclose(gradients[1], { rtol: precise ? 1e-10 : 1e-4 });
      });
    }

    it('never records the solver: peak memory does not depend on its iterations', () => {
      const peak = (count: number): number => {
        let most = 0;
        const solver = (init: tf.Tensor, problem: Problem): tf.Tensor => {
          let x = init;
          for (let i = 0; i < count; i++) {
            const next = tf.tidy(() => map(x, problem));
            if (x !== init) x.dispose();
            x = next;
            most = Math.max(most, tf.memory().numTensors);
          }
          return x;
        };
        tf.tidy(() => {
          const f = (scale: tf.Tensor): tf.Tensor =>
            tf.sum(
              customFixedPoint(map)(solver)(
                tf.zeros([3]),
                build(scale, constant([0.1, -0.2, 0.3]), constant([0.2, -0.1])),
              ),
            );
          tf.grad(f)(constant(0.8));
        });
        return most;
      };
      expect(peak(200)).toBe(peak(20));
    });
  });
}

describe('derivatives of roots (float64)', () => {
  beforeAll(() => void tf.setBackend('float64'));
  const cubeRoot = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.mul(x, tf.square(x)), t);
  const solveCube = customRoot(cubeRoot)((_: null, t: tf.Tensor) => tf.pow(t, constant(1 / 3)));

  it('have second and third derivatives', () => {
    tf.tidy(() => {
      const t = constant([8, 27]);
      const first = tf.grad((p: tf.Tensor) => tf.sum(solveCube(null, p)));
      const second = tf.grad((p) => tf.sum(first(p)));
      const third = tf.grad((p) => tf.sum(second(p)));
      expect(toFloat64(first(t))).toBeAllclose([1 / 12, 1 / 27], { rtol: 1e-12 });
      expect(toFloat64(second(t))).toBeAllclose(
        [8, 27].map((v) => (-2 / 9) * v ** (-5 / 3)),
        { rtol: 1e-11 },
      );
      expect(toFloat64(third(t))).toBeAllclose(
        [8, 27].map((v) => (10 / 27) * v ** (-8 / 3)),
        { rtol: 1e-10 },
      );
    });
  });

  it('nest: a root inside the condition of another root', () => {
    tf.tidy(() => {
      // y = cbrt(t + y) defined through the inner root; dy/dt = s / (1 - s) with s = 1 / (3 y²).
      const outer = (y: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(y, solveCube(null, tf.add(t, y)));
      let y = 1;
      for (let i = 0; i < 200; i++) y = Math.cbrt(2 + y);
      const s = 1 / (3 * y * y);
      const gradient = tf.grad((t: tf.Tensor) => attachRoot(outer)(constant(y), t))(constant(2));
      expect(toFloat64(gradient)).toBeAllclose([s / (1 - s)], { rtol: 1e-10 });
      expect(toFloat64(rootJvp(outer, constant(y), [constant(2)], [constant(1)]).value)).toBeAllclose(
        [s / (1 - s)],
        {
          rtol: 1e-10,
        },
      );
    });
  });

  it('take several arguments, leave constants and numbers out, and dispose of everything but the result', () => {
    const root = (x: tf.Tensor, a: tf.Tensor, k: number, b: tf.Tensor): tf.Tensor =>
      tf.sub(tf.mul(tf.mul(a, k), x), b);
    const [x, a, b] = [constant([2, 3]), constant([1, 2]), constant([6, 18])];
    const held = tf.memory().numTensors;
    const { value, linear } = rootVjp(root, x, [a, 3, b], constant([1, 1]), { constants: [0] });
    expect(value[0]).toBeNull();
    expect(value[1]).toBe(3);
    expect(toFloat64(value[2])).toBeAllclose([1 / 3, 1 / 6], { rtol: 1e-12 });
    expect(linear.status).toBe('converged');
    const jacobian = rootJacobian(root, x, [a, 3, b]);
    expect(toFloat64(jacobian.value[0])).toBeAllclose([-2, 0, 0, -1.5], { rtol: 1e-12 });
    const tangent = rootJvp(root, x, [a, 3, b], [undefined, undefined, constant([3, 6])]);
    expect(toFloat64(tangent.value)).toBeAllclose([1, 1], { rtol: 1e-12 });
    tf.dispose([value, jacobian.value, tangent.value]);
    // The three constants made inline above remain.
    expect(tf.memory().numTensors - held).toBe(2);
  });
});

describe('bad input to implicit differentiation', () => {
  beforeAll(() => void tf.setBackend('float64'));
  const square = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.square(x), t);
  const gradientOf = (root: typeof square, solution: tf.Tensor, options = {}): tf.Tensor =>
    tf.grad((t: tf.Tensor) => tf.sum(attachRoot(root, options)(solution, t)))(constant([4, 0]));

  it('a singular system is an error with a hint, or a status', () => {
    expect(() => gradientOf(square, constant([2, 0]))).toThrow(
      /the linear system of 2 unknowns was not solved: breakdown/,
    );
    const { linear } = rootVjp(square, constant([2, 0]), [constant([4, 0])], constant([1, 1]));
    expect(linear.status).toBe('breakdown');
    expect(
      toFloat64(gradientOf(square, constant([2, 0]), { linear: { ridge: 1e-3 } })).every(Number.isFinite),
    ).toBe(true);
    const reports: LinearReport[] = [];
    gradientOf(square, constant([2, 0]), { onSolve: (report: LinearReport) => reports.push(report) });
    expect(reports.map(({ status }) => status)).toEqual(['breakdown']);
  });

  it('a condition of the wrong shape names both shapes', () => {
    const wrong = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sum(square(x, t));
    expect(() => gradientOf(wrong, constant([2, 1]))).toThrow(
      'optimality condition: expected values shaped like the solution, [2], got []',
    );
    const fixed = customFixedPoint(wrong)((x: tf.Tensor) => tf.clone(x));
    expect(() => tf.grad((t: tf.Tensor) => tf.sum(fixed(constant([1, 1]), t)))(constant([1, 1]))).toThrow(
      /expected values/,
    );
  });

  it('solutions that are not finite, not real or not there are refused', () => {
    expect(() => attachRoot(square)(constant([NaN, 1]), constant([1, 1]))).toThrow(
      /entries that are not finite/,
    );
    expect(() => attachRoot(square)(tf.tensor1d([1, 2], 'int32'), constant([1, 1]))).toThrow(/must be real/);
    expect(() => attachRoot(square)(3 as unknown as tf.Tensor, constant([1, 1]))).toThrow(/holds no tensor/);
  });

  it('a condition whose derivative is not finite is an error, not a NaN', () => {
    const logarithm = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.mul(t, tf.log(x));
    expect(() => gradientOf(logarithm, constant([1, 0]))).toThrow(/not finite|not solved/);
  });

  it('a synchronous wrapper refuses a promise; gradients by a constant argument are refused by tfjs', () => {
    const late = customRoot(square)(((_: null, t: tf.Tensor) => Promise.resolve(tf.sqrt(t))) as never);
    expect(() => late(null, constant(1))).toThrow('customRoot: the solver returned a promise');
    const constantArgument = attachRoot(square, { constants: [0] });
    expect(() =>
      tf.grad((t: tf.Tensor) => tf.sum(constantArgument(constant([1]), t)))(constant([1])),
    ).toThrow(/Cannot compute gradient/);
    expect(() => rootVjp(square, constant([1, 2]), [constant([1, 4])], constant([1]))).toThrow(
      'rootVjp: the cotangent must have shapes [2], got [1]',
    );
  });

  it('values of F, of its derivatives and of the result that are not finite are errors', () => {
    const cubic = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(x, tf.sqrt(t));
    const at = (t: number): tf.Tensor =>
      tf.grad((p: tf.Tensor) => tf.sum(attachRoot(cubic)(constant([0]), p)))(constant([t]));
    expect(() => at(0)).toThrow('the result has entries that are not finite');
    expect(() => at(-1)).toThrow('the optimality condition has values at the solution that are not finite');
    expect(() => rootVjp(cubic, constant([0]), [constant([0])], constant([1]))).toThrow(/not finite/);
  });

  it('a failed backward pass leaves no tensor and no tape behind', () => {
    const [x, t] = [constant([2, 0]), constant([4, 0])];
    const held = tf.memory().numTensors;
    const f = (p: tf.Tensor): tf.Tensor => tf.sum(tf.square(attachRoot(square)(x, p)));
    expect(() => tf.grad(f)(t)).toThrow(/breakdown/);
    expect(tf.memory().numTensors).toBe(held);
    expect(tf.engine().state.gradientDepth).toBe(0);
    tf.dispose([x, t]);
  });

  it('an operation without a gradient is named, also behind an inner root', () => {
    const products = (x: tf.Tensor, t: tf.Tensor): tf.Tensor => tf.sub(tf.cumprod(x), t);
    expect(() => gradientOf(products, constant([2, 2]))).toThrow(
      'TensorFlow.js has no gradient for the operation Cumprod',
    );
    expect(() => rootJacobian(products, constant([2, 2]), [constant([4, 4])])).toThrow(/Cumprod/);
  });

  it('integers in place of values, positions and tangents that do not exist are refused', () => {
    const whole = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'int32');
    expect(() => gradientOf(whole, constant([2, 1]))).toThrow('values must be real, got int32');
    expect(() => attachRoot(square, { constants: [1] })(constant([2]), constant([4]))).toThrow(
      'constants: 1 is no position among 1 argument',
    );
    const [x, t] = [constant([2]), constant([4])];
    expect(() => rootVjp(square as never, x, [4], constant([1]))).toThrow(
      'no argument can be differentiated',
    );
    const tangent = (given: unknown[]) => () => rootJvp(square, x, [t], given as never);
    expect(tangent([1])).toThrow('the tangent of argument 1 must have its shape [1], got number');
    expect(tangent([undefined, t])).toThrow('there is a tangent for argument 2');
    const named = (y: tf.Tensor, p: { t: tf.Tensor; k: tf.Tensor }): tf.Tensor => square(y, p.t);
    const k = tf.tensor1d([1], 'int32');
    expect(() => rootJvp(named, x, [{ t, k }], [{ k: constant([1]) }])).toThrow(
      'there is a tangent for argument 1.k, which has no real tensor',
    );
    expect(() => rootJvp(named, x, [{ t, k }], [{ s: constant([1]) }])).toThrow(/argument 1\.s/);
  });

  it('the same tensor may be a constant in one place and differentiated in another', () => {
    // x · a = b², differentiated by b only: dx = 2 db b / a.
    const root = (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sub(tf.mul(x, a), tf.square(b));
    const p = constant([1, 4]);
    const got = rootJvp(root, p, [p, p], [undefined, constant([1, 1])], { constants: [0] });
    expect(toFloat64(got.value)).toBeAllclose([2, 2], { rtol: 1e-12 });
  });

  it('customFixedPointAsync attaches what its solver finds', async () => {
    const settle = customFixedPointAsync((x: tf.Tensor, t: tf.Tensor) => tf.mul(0.5, tf.add(x, t)));
    const attached = await settle((_: null, t: tf.Tensor) => Promise.resolve(tf.clone(t)))(
      null,
      constant([3]),
    );
    const gradient = tf.grad((t: tf.Tensor) => tf.sum(tf.square(attached(t))))(constant([3]));
    expect(toFloat64(gradient)).toBeAllclose([6], { rtol: 1e-12 });
  });

  it('an unknown linear solver is named with the ones there are', () => {
    expect(() => gradientOf(square, constant([2, 1]), { solve: 'magic' })).toThrow(
      'unknown linear solver "magic"',
    );
  });

  it('customFixedPointAsync rejects what its solver rejects', async () => {
    const failing = customFixedPointAsync(square)(() => Promise.reject(new Error('no licence')));
    await expect(failing(null, constant(1))).rejects.toThrow('no licence');
  });

  afterAll(() => tf.disposeVariables());
});
