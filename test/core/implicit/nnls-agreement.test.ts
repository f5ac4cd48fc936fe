import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { nnlsDerivative } from '../../../core/factorization/nnls-derivative.ts';
import { constant } from '../../../core/implicit/constant.ts';
import { customRoot } from '../../../core/implicit/custom-root.ts';
import { fixedPointResidual } from '../../../core/implicit/custom-fixed-point.ts';
import { registerFloat64Backend, toFloat64 } from '../../../core/implicit/float64/float64-backend.ts';
import { nonNegativeQuadratic } from '../../fixtures/implicit/non-negative-quadratic.ts';
import { projectedGradient } from '../../../core/implicit/optimality/fixed-points.ts';
import type { OptimalityFn } from '../../../core/implicit/residual-map.ts';
import { rootJvp, rootVjp } from '../../../core/implicit/root-derivatives.ts';
import { createRandom } from '../../../core/random.ts';

registerFloat64Backend();
beforeAll(() => void tf.setBackend('float64'));

type Args = [activations: tf.Tensor, conceptBank: tf.Tensor];

/** ½‖A - U·W‖². */
const misfit = (u: tf.Tensor, a: tf.Tensor, w: tf.Tensor): tf.Tensor =>
  tf.mul(0.5, tf.sum(tf.square(tf.sub(a, tf.matMul(u, w)))));

/** Activations that no non-negative mixture reaches, and a bank of positive, correlated concepts. */
function randomProblem(seed: number, n: number, r: number, p: number) {
  const random = createRandom(seed);
  const draw = (length: number, shift: number): Float64Array =>
    Float64Array.from({ length }, () => shift + random.normal());
  const w = draw(r * p, 0).map((value) => Math.abs(value) + 0.1);
  const a = draw(n * p, 0.3);
  const gram = tf.tidy(() => {
    const bank = constant(w, [r, p]);
    return toFloat64(tf.matMul(bank, bank, false, true)).slice() as never;
  }) as Float64Array;
  const u = new Float64Array(n * r);
  const support = new Uint8Array(n * r);
  for (let row = 0; row < n; row++) {
    const pull = Float64Array.from({ length: r }, (_, k) => {
      let sum = 0;
      for (let j = 0; j < p; j++) sum += w[k * p + j] * a[row * p + j];
      return sum;
    });
    const { z, passive } = nonNegativeQuadratic(gram, pull);
    u.set(z, row * r);
    for (const k of passive) support[row * r + k] = 1;
  }
  const trace = Array.from({ length: r }, (_, k) => gram[k * r + k]).reduce((sum, value) => sum + value, 0);
  return { n, r, p, a, w, u, support, stepsize: 1 / trace, draw };
}

const problems = [
  { seed: 1, n: 4, r: 3, p: 8 },
  { seed: 2, n: 6, r: 5, p: 20 },
  { seed: 3, n: 3, r: 8, p: 40 },
].map(({ seed, n, r, p }) => ({ name: `n ${n}, r ${r}, p ${p}`, make: () => randomProblem(seed, n, r, p) }));

describe("the concept maps' closed-form NNLS derivative and the toolkit's general route agree", () => {
  for (const { name, make } of problems) {
    it(`${name}: both products with the activations and with the bank, to 1e-9`, () => {
      tf.tidy(() => {
        const { n, r, p, a, w, u, support, stepsize, draw } = make();
        expect(support).toContain(0);
        expect(support).toContain(1);
        const closed = nnlsDerivative({ rows: n, cols: p, data: a }, { rows: r, cols: p, data: w }, support);
        expect(closed.nearDegenerateCount, 'rows close to a kink').toBeLessThan(n);
        const root: OptimalityFn<tf.Tensor, Args> = fixedPointResidual(
          projectedGradient<tf.Tensor, Args>(misfit, (y) => tf.relu(y), stepsize),
        );
        const [solution, args] = [constant(u, [n, r]), [constant(a, [n, p]), constant(w, [r, p])] as Args];
        expect(toFloat64(root(solution, ...args))).toBeAllclose(new Float64Array(n * r), { atol: 1e-12 });

        const cotangent = draw(n * r, 0);
        const pulled = rootVjp(root, solution, args, constant(cotangent, [n, r]));
        expect(pulled.linear.status).toBe('converged');
        // Two float64 solves of one regular system differ by rounding only.
        expect(toFloat64(pulled.value[0])).toBeCloseInNorm(closed.vjp(cotangent), 1e-9);
        expect(toFloat64(pulled.value[1])).toBeCloseInNorm(closed.vjpBank(cotangent), 1e-9);

        const [da, dw] = [draw(n * p, 0), draw(r * p, 0)];
        const pushed = rootJvp(root, solution, args, [constant(da, [n, p]), constant(dw, [r, p])]);
        expect(pushed.linear.status).toBe('converged');
        expect(toFloat64(pushed.value)).toBeCloseInNorm(
          closed.jvp({ activations: da, conceptBank: dw }),
          1e-9,
        );
      });
    });

    it(`${name}: a gradient through the solver wrapped by customRoot is the closed form`, () => {
      tf.tidy(() => {
        const { n, r, p, a, w, u, support, draw } = make();
        // The KKT conditions: a multiplier on each empty concept, complementary to its coefficient.
        const kkt = (x: tf.Tensor[], activations: tf.Tensor, bank: tf.Tensor): tf.Tensor[] => {
          const force = tf.matMul(tf.sub(tf.matMul(x[0], bank), activations), bank, false, true);
          return [tf.sub(force, x[1]), tf.mul(x[0], x[1])];
        };
        const solve = (_: null, activations: tf.Tensor, bank: tf.Tensor): tf.Tensor[] => {
          const x = constant(u, [n, r]);
          const force = tf.matMul(tf.sub(tf.matMul(x, bank), activations), bank, false, true);
          return [
            x,
            tf.mul(
              force,
              constant(
                Float64Array.from(support, (yes) => 1 - yes),
                [n, r],
              ),
            ),
          ];
        };
        const run = customRoot<tf.Tensor[], Args>(kkt)(solve);
        const cotangent = draw(n * r, 0);
        const weighed = (activations: tf.Tensor, bank: tf.Tensor): tf.Tensor =>
          tf.sum(tf.mul(run(null, activations, bank)[0], constant(cotangent, [n, r])));
        const [byActivations, byBank] = tf.grads(weighed)([constant(a, [n, p]), constant(w, [r, p])]);
        const closed = nnlsDerivative({ rows: n, cols: p, data: a }, { rows: r, cols: p, data: w }, support);
        expect(toFloat64(byActivations)).toBeCloseInNorm(closed.vjp(cotangent), 1e-9);
        expect(toFloat64(byBank)).toBeCloseInNorm(closed.vjpBank(cotangent), 1e-9);
      });
    });
  }
});
