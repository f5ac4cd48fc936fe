import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as implicit from '../../../core/implicit/index.ts';

const { constant, toFloat64 } = implicit;
beforeAll(() => {
  implicit.registerFloat64Backend();
  void tf.setBackend('float64');
});

const vector = (n: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: n, maxLength: n });

describe('projections as projections', () => {
  const sets: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
    simplex: (x) => implicit.projectionSimplex(x, 2),
    'l1 ball': (x) => implicit.projectionL1Ball(x, 1.5),
    'l2 ball': (x) => implicit.projectionL2Ball(x, 1.5),
    'l∞ ball': (x) => implicit.projectionLinfBall(x, 0.75),
    box: (x) => implicit.projectionBox(x, -1, 0.5),
    'half-space': (x) => implicit.projectionHalfspace(x, constant([1, 2, -1, 0.5]), 0.25),
    polyhedron: (x) =>
      implicit.projectionPolyhedron(
        x,
        constant([[1, 1, 1, 1]]),
        constant([1]),
        tf.neg(tf.eye(4)),
        tf.zeros([4]),
      ),
    'box section': (x) =>
      implicit.projectionBoxSection(x, tf.fill([4], -1), tf.ones([4]), constant([1, 2, 0.5, 1]), 0.5),
    'second-order cone': implicit.projectionSecondOrderCone,
    'psd cone': (x) => tf.reshape(implicit.projectionPsdCone(tf.reshape(x, [2, 2])), [4]),
    transport: (x) =>
      tf.reshape(
        implicit.projectionTransport(tf.reshape(x, [2, 2]), constant([0.4, 0.6]), constant([0.7, 0.3])),
        [4],
      ),
  };
  for (const [name, project] of Object.entries(sets)) {
    it(`${name}: idempotent and non-expansive`, () => {
      fc.assert(
        fc.property(vector(4), vector(4), (a, b) => {
          // The psd cone is one of symmetric matrices.
          const prepare = (v: number[]): number[] => (name === 'psd cone' ? [v[0], v[1], v[1], v[3]] : v);
          const [x, y] = [prepare(a), prepare(b)];
          const run = (v: ArrayLike<number>): Float64Array =>
            tf.tidy(() => toFloat64(project(constant(Float64Array.from(v)))) as never) as Float64Array;
          const [px, py] = [run(x), run(y)];
          expect(run(px)).toBeAllclose(px, { atol: 1e-8 });
          const distance = (u: ArrayLike<number>, v: ArrayLike<number>): number =>
            Math.hypot(...Array.from(u, (value, i) => value - v[i]));
          expect(distance(px, py)).toBeLessThanOrEqual(distance(x, y) + 1e-8);
        }),
        { numRuns: 15 },
      );
    });
  }

  it('Birkhoff projections have equal marginals; the KL form has its closed-form stationarity', () => {
    tf.tidy(() => {
      const s = constant([
        [1, 2, 0],
        [0.5, -1, 3],
        [2, 2, 1],
      ]);
      for (const p of [implicit.projectionBirkhoff(s), implicit.klProjectionBirkhoff(s)]) {
        expect(toFloat64(tf.sum(p, 0))).toBeAllclose([1 / 3, 1 / 3, 1 / 3], { atol: 1e-12 });
        expect(toFloat64(tf.sum(p, 1))).toBeAllclose([1 / 3, 1 / 3, 1 / 3], { atol: 1e-12 });
      }
      // log P - S is a sum of a row and a column term: all 2 × 2 interactions vanish.
      const [a, b, , c, d] = toFloat64(tf.sub(tf.log(implicit.klProjectionBirkhoff(s)), s));
      expect(a - b - c + d).toBeCloseTo(0, 10);
    });
  });

  it('the elastic net solves its problem and reduces to the lasso', () => {
    tf.tidy(() => {
      const x = constant([3, -0.2, -2]);
      expect(toFloat64(implicit.proxElasticNet(x, { l1: 0.5, gamma: 0.4 }, 2))).toBeAllclose(
        [2 / 1.4, 0, -1 / 1.4],
        { atol: 1e-12 },
      );
      expect(toFloat64(implicit.proxElasticNet(x, { l1: 0.5, gamma: 0 }))).toBeAllclose(
        toFloat64(implicit.proxLasso(x, 0.5)),
        {},
      );
    });
  });
});

describe('projections at the ends of the number range', () => {
  const values = (t: tf.Tensor): number[] => Array.from(toFloat64(t));
  it('lengths neither overflow nor vanish', () => {
    tf.tidy(() => {
      const half = Math.SQRT1_2;
      for (const size of [1e-200, 1, 1e200]) {
        const x = constant([size, size]);
        expect(values(implicit.projectionL2Sphere(x))).toBeAllclose([half, half], { rtol: 1e-14 });
        expect(values(implicit.projectionL2Ball(x, size))).toBeAllclose([half * size, half * size], {
          rtol: 1e-14,
        });
        const shrunk = implicit.proxGroupLasso(x, size);
        expect(values(shrunk)).toBeAllclose([(1 - half) * size, (1 - half) * size], { rtol: 1e-13 });
        expect(values(implicit.projectionHyperplane(tf.zerosLike(x), x, size))).toBeAllclose([0.5, 0.5], {});
      }
    });
  });

  it('a box section may be open to one side or both, a ball may be a point', () => {
    tf.tidy(() => {
      const [x, w, inf] = [constant([2, -1]), tf.ones([2]), constant([Infinity, Infinity])];
      const open = implicit.projectionBoxSection(x, tf.zeros([2]), inf, w, 1);
      expect(values(open)).toBeAllclose([1, 0], { atol: 1e-15 });
      const line = implicit.projectionBoxSection(x, tf.neg(inf), inf, w, 1);
      expect(values(line)).toBeAllclose([2, -1], { atol: 1e-15 });
      expect(values(implicit.projectionL1Ball(x, 0))).toEqual([0, 0]);
      expect(values(implicit.projectionL2Ball(x, 0)).map(Math.abs)).toEqual([0, 0]);
    });
  });

  it('gradients by a radius that does not bind are zero, not missing', () => {
    tf.tidy(() => {
      const x = constant([0.1, 0.2]);
      for (const project of [
        implicit.projectionL1Ball,
        implicit.projectionL2Ball,
        implicit.projectionLinfBall,
      ]) {
        const byRadius = tf.grad((r: tf.Tensor) => tf.sum(project(x, r)))(constant(2));
        expect(values(byRadius)).toEqual([0]);
      }
    });
  });

  it('the psd projection refuses what is not finite', () => {
    for (const bad of [NaN, Infinity])
      expect(() =>
        implicit.projectionPsdCone(
          constant([
            [1, bad],
            [bad, 2],
          ]),
        ),
      ).toThrow(/must be finite/);
  });

  it('the psd projection of a large matrix is differentiated in its eigenbasis', () => {
    tf.tidy(() => {
      const n = 30;
      const raw = constant(
        Float64Array.from({ length: n * n }, (_, i) => Math.sin(i * i + 1)),
        [n, n],
      );
      const x = tf.add(raw, tf.transpose(raw));
      const move = constant(
        Float64Array.from({ length: n * n }, (_, i) => Math.cos(3 * i)),
        [n, n],
      );
      const direction = tf.add(move, tf.transpose(move));
      const weights = constant(
        Float64Array.from({ length: n * n }, (_, i) => Math.cos(i)),
        [n, n],
      );
      const f = (m: tf.Tensor): tf.Tensor => tf.sum(tf.mul(weights, implicit.projectionPsdCone(m)));
      const along = values(tf.sum(tf.mul(tf.grad(f)(x), direction)))[0];
      const at = (h: number): number => values(f(tf.add(x, tf.mul(constant(h), direction))))[0];
      expect([along]).toBeAllclose([(at(1e-6) - at(-1e-6)) / 2e-6], { rtol: 1e-7 });
      expect(() => tf.grad(f)(tf.zeros([n, n]))).toThrow(/no derivative where X has an eigenvalue of 0/);
    });
  });
});

describe('a conic programme', () => {
  it('is differentiated through its residual map as by hand', () => {
    tf.tidy(() => {
      // minimise x₁ + 2 x₂ over x >= b: x = b, y = (1, 2), v = y - s = y.
      const root = implicit.conicResidual([{ kind: 'non-negative', size: 2 }]);
      const point = { x: constant([3, 4]), v: constant([1, 2]) };
      const programme = { c: constant([1, 2]), A: tf.neg(tf.eye(2)), b: constant([-3, -4]) };
      expect(toFloat64(root(point, programme).x)).toBeAllclose([0, 0], {});
      expect(toFloat64(root(point, programme).v)).toBeAllclose([0, 0], {});
      const got = implicit.rootJvp(
        root,
        point,
        [programme],
        [{ b: constant([1, 0]), c: constant([0, 0.5]) }],
      );
      expect(toFloat64(got.value.x)).toBeAllclose([-1, 0], { atol: 1e-12 });
      expect(toFloat64(got.value.v)).toBeAllclose([0, 0.5], { atol: 1e-12 });
    });
  });

  it('refuses cones that do not add up to the vector', () => {
    expect(() => implicit.projectionDualCone(tf.zeros([3]), [{ kind: 'psd', size: 2 }])).toThrow(
      'cones take 4 entries, the vector has 3',
    );
  });
});

describe('bad input to projections', () => {
  const ones = (n: number): tf.Tensor => tf.ones([n]);
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['simplex of sum 0', () => implicit.projectionSimplex(ones(3), 0), /the sum must be positive, got 0/],
    [
      'sphere from 0',
      () => implicit.projectionL2Sphere(tf.zeros([2])),
      /the zero vector has no nearest point/,
    ],
    [
      'empty polyhedron',
      () =>
        implicit.projectionPolyhedron(
          ones(1),
          tf.zeros([0, 1]),
          tf.zeros([0]),
          constant([[1], [-1]]),
          constant([-1, -1]),
        ),
      /no point satisfies all constraints/,
    ],
    [
      'dependent rows',
      () =>
        implicit.projectionAffineSet(
          ones(2),
          constant([
            [1, 1],
            [2, 2],
          ]),
          constant([1, 2]),
        ),
      /the 2 × 2 matrix is singular/,
    ],
    [
      'empty box section',
      () => implicit.projectionBoxSection(ones(2), tf.zeros([2]), ones(2), ones(2), 3),
      /the set is empty: w · alpha = 0, c = 3, w · beta = 2/,
    ],
    [
      'marginals that differ',
      () => implicit.projectionTransport(tf.zeros([2, 2]), ones(2), constant([1, 2])),
      /equal sums, got sums 2 and 3/,
    ],
    [
      'shapes of transport',
      () => implicit.projectionTransport(tf.zeros([2, 3]), ones(2), ones(2)),
      /expected similarities \[2, 2\]/,
    ],
    [
      'rectangular Birkhoff',
      () => implicit.projectionBirkhoff(tf.zeros([2, 3])),
      /expected a square matrix, got \[2, 3\]/,
    ],
    ['empty box', () => implicit.projectionBox(ones(2), 1, constant([2, 0])), /the box is empty/],
    [
      'hypercube below 0',
      () => implicit.projectionHypercube(ones(2), -1),
      /unit must not be negative, got -1/,
    ],
    ['l∞ ball below 0', () => implicit.projectionLinfBall(ones(2), -1), /maxValue must not be negative/],
    [
      'l2 ball below 0',
      () => implicit.projectionL2Ball(ones(2), constant(-1)),
      /maxValue must not be negative/,
    ],
    ['l1 ball below 0', () => implicit.projectionL1Ball(ones(2), -1), /maxValue must not be negative/],
    ['l2 sphere below 0', () => implicit.projectionL2Sphere(ones(2), -1), /value must not be negative/],
    ['hyperplane of 0', () => implicit.projectionHyperplane(ones(2), tf.zeros([2]), 1), /a must not be zero/],
    ['half-space of 0', () => implicit.projectionHalfspace(ones(2), tf.zeros([2]), 1), /a must not be zero/],
    [
      'half-space shape',
      () => implicit.projectionHalfspace(ones(2), ones(3), 1),
      /a must have shape \[2\], got \[3\]/,
    ],
    [
      'affine shape',
      () => implicit.projectionAffineSet(ones(2), tf.ones([1, 3]), ones(1)),
      /expected x \[n\], A \[m, n\]/,
    ],
    [
      'simplex of a scalar',
      () => implicit.projectionSimplex(constant(1)),
      /expected x \[\.\.\., n\] with n > 0/,
    ],
    [
      'simplex sums',
      () => implicit.projectionSimplex(tf.ones([2, 2]), ones(3)),
      /one sum or one for each row/,
    ],
    [
      'sparse simplex of 0',
      () => implicit.projectionSparseSimplex(ones(2), 0),
      /maxNonZero must be a whole number/,
    ],
    ['cone of a number', () => implicit.projectionSecondOrderCone(tf.scalar(1)), /expected a vector/],
    [
      'unknown cone',
      () => implicit.projectionDualCone(ones(1), [{ kind: 'x', size: 1 } as never]),
      /unknown cone "x"/,
    ],
    [
      'lasso below 0',
      () => implicit.proxLasso(ones(2), -1),
      /proxLasso: the weight must not be negative, got -1/,
    ],
    ['lasso scaled below 0', () => implicit.proxLasso(ones(2), 1, -1), /the scaling must not be negative/],
    ['ridge below 0', () => implicit.proxRidge(ones(2), -1), /proxRidge: the weight/],
    ['group below 0', () => implicit.proxGroupLasso(ones(2), -1), /proxGroupLasso: the weight/],
    [
      'elastic net below 0',
      () => implicit.proxElasticNet(ones(2), { l1: 1, gamma: -1 }),
      /gamma must not be negative/,
    ],
    ['rectangular psd', () => implicit.projectionPsdCone(tf.zeros([2, 3])), /expected a square matrix/],
    [
      'wrong system',
      () => implicit.solveSystem(tf.zeros([2, 3]), ones(2)),
      /expected A \[n, n\] and b \[n\], got \[2, 3\]/,
    ],
    ['constant of the wrong size', () => constant(Float64Array.of(1, 2), [3]), /needs 3 values, got 2/],
  ];
  for (const [name, run, message] of cases) {
    it(name, () => {
      expect(() => tf.tidy(() => void run())).toThrow(message);
    });
  }
});
