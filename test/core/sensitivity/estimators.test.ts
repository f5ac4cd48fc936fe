import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowView, type Matrix } from '../../../core/linalg/matrix.ts';
import { replicatedDesign } from '../../../core/sampling/replicated-design.ts';
import { ESTIMATORS, type EstimatorName } from '../../../core/sensitivity/total-index.ts';
import { analyticGolden, designsGolden } from '../../fixtures/sobol/golden.ts';
import { gFunctionA, ishigami } from './analytic-functions.ts';

const names = Object.keys(ESTIMATORS) as EstimatorName[];
const outputsOf = (masks: Matrix, f: (x: Float32Array) => number): Float64Array =>
  Float64Array.from({ length: masks.rows }, (_, row) => f(rowView(masks, row)));
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** Interactions of any strength between five inputs, one of them (the last) without effect. */
const function5 = ([g0, g1, g2, g3]: number[], x: ArrayLike<number>): number =>
  g0 * x[0] + g1 * x[1] * x[2] + Math.exp(g2 * x[3]) + g3 * Math.sin(5 * x[0] * x[3]);
const gains = fc.array(fc.double({ min: 0.1, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 });

describe.each(names)('%s', (name) => {
  const estimate = ESTIMATORS[name];

  it('equals the reference on every golden design and function under the craft convention', () => {
    for (const { r, functions } of designsGolden()) {
      for (const golden of functions) {
        const { indices } = estimate(Float64Array.from(golden.outputs.data), r, { convention: 'craft' });
        // Sums in another order.
        expect(indices).toBeAllclose(golden.estimates[name].data, { atol: 1e-10 });
        // The reference rounds to float32 at its end.
        expect(indices).toBeAllclose(golden.estimates[`${name}_f32`].data, { atol: 1e-6 });
      }
    }
  });

  it('comes within 0.005 of the closed form with 8192 plain Sobol points, by either convention', () => {
    for (const f of [ishigami(3), gFunctionA(6)]) {
      const masks = replicatedDesign({
        kind: 'sobol',
        scrambled: false,
        nConcepts: f.nInputs,
        samples: 8192,
      });
      const outputs = outputsOf(masks, f.of);
      for (const convention of ['consistent', 'craft'] as const) {
        // Discretisation error of 8192 points; the reference's own is up to 2e-3.
        expect(estimate(outputs, f.nInputs, { convention }).indices).toBeAllclose(f.totals, { atol: 0.005 });
      }
    }
  });

  it('does not change when the output is scaled and shifted', () => {
    const invariant = fc.property(
      seeds,
      gains,
      fc.double({ min: -50, max: 50, noNaN: true }),
      fc.double({ min: 0.2, max: 20, noNaN: true }),
      (seed, g, shift, scale) => {
        const masks = replicatedDesign({ kind: 'sobol', nConcepts: 5, samples: 32, seed });
        const outputs = outputsOf(masks, (x) => function5(g, x));
        const moved = outputs.map((y) => -scale * y + shift);
        // Rounding of the shifted outputs, against variances that are small beside the shift.
        expect(estimate(moved, 5).indices).toBeAllclose(estimate(outputs, 5).indices, { atol: 1e-8 });
      },
    );
    fc.assert(invariant, { numRuns: 30 });
  });

  it('follows a permutation of the concepts', () => {
    const permuted = fc.property(
      seeds,
      fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
      (seed, order) => {
        const samples = 16;
        const masks = replicatedDesign({ kind: 'lhs', nConcepts: 5, samples, seed });
        const outputs = outputsOf(masks, (x) => function5([1, 2, 0.5, 1], x));
        const shuffled = outputs.slice();
        order.forEach((from, to) => {
          shuffled.set(outputs.subarray((from + 2) * samples, (from + 3) * samples), (to + 2) * samples);
        });
        const { indices } = estimate(outputs, 5);
        expect([...estimate(shuffled, 5).indices]).toEqual(order.map((from) => indices[from]));
      },
    );
    fc.assert(permuted, { numRuns: 30 });
  });

  it('gives an inert concept 0 up to rounding', () => {
    const masks = replicatedDesign({ kind: 'sobol', nConcepts: 5, samples: 16, seed: 1 });
    const outputs = outputsOf(masks, (x) => 1000 + function5([1, 2, 0.5, 1], x));
    // Rounding against a mean of 1000.
    expect(estimate(outputs, 5).indices[4]).toBeCloseTo(0, 10);
  });

  it('sums to 1 for an additive function', () => {
    const masks = replicatedDesign({ kind: 'sobol', nConcepts: 4, samples: 4096, seed: 2 });
    const { indices } = estimate(
      outputsOf(masks, (x) => 3 * x[0] - 2 * x[1] + x[2] ** 2 + Math.sin(x[3])),
      4,
    );
    expect(indices.reduce((sum, index) => sum + index, 0)).toBeCloseTo(1, 2);
  });

  it('reports a constant output with zeros, also when it is constant up to float32 rounding', () => {
    const constant = new Float64Array(8 * 5).fill(-17.3);
    const rounded = constant.map((y, n) => y * (1 + 1e-7 * Math.sin(n)));
    for (const outputs of [constant, rounded, new Float64Array(8 * 5)]) {
      expect(estimate(outputs, 3)).toEqual({ indices: new Float64Array(3), status: 'constant-output' });
    }
  });

  it.each([NaN, Infinity])('reports %s among the outputs, wherever it stands', (bad) => {
    for (const place of [0, 9, 39]) {
      const outputs = Float64Array.from({ length: 40 }, (_, n) => n);
      outputs[place] = bad;
      expect(estimate(outputs, 3)).toEqual({
        indices: new Float64Array(3).fill(NaN),
        status: 'non-finite',
      });
    }
  });

  it('refuses a length that fits no design', () => {
    expect(() => estimate(new Float64Array(37), 10)).toThrow(
      'internal: estimator: outputs must have length (r + 2) N with r = 10 and N >= 2, got 37',
    );
    expect(() => estimate(new Float64Array(5), 3)).toThrow('N >= 2');
  });

  it('handles a single concept, whose index is 1 up to the scatter of the design', () => {
    const masks = replicatedDesign({ kind: 'sobol', nConcepts: 1, samples: 1024, seed: 3 });
    expect(
      estimate(
        outputsOf(masks, ([x]) => x ** 2),
        1,
      ).indices[0],
    ).toBeCloseTo(1, 1);
  });
});

describe('the estimators', () => {
  it('give an inert concept the figures the reference is known for under the craft convention', () => {
    const N = 16;
    const masks = replicatedDesign({ kind: 'sobol', nConcepts: 5, samples: N, seed: 1 });
    const outputs = outputsOf(masks, (x) => function5([1, 2, 0.5, 1], x));
    const inert = (name: EstimatorName): number =>
      ESTIMATORS[name](outputs, 5, { convention: 'craft' }).indices[4];
    expect(inert('homma')).toBeCloseTo(1 / N, 10);
    expect(inert('saltelli')).toBeCloseTo(1 / N, 10);
    expect(inert('glen')).toBeCloseTo(-1 / (N - 1), 10);
    expect(inert('jansen')).toBe(0);
  });

  it('agree with the closed forms of the golden file on which totals are right', () => {
    const [golden, g] = analyticGolden();
    expect(ishigami(3).totals).toBeAllclose(golden.exact.total.data, { atol: 1e-12 });
    expect(gFunctionA(6).totals).toBeAllclose(g.exact.total.data, { atol: 1e-12 });
  });

  it('Jansen stays within 0 and 1 where the output is almost always the same', () => {
    const [samples, nConcepts] = [64, 3];
    // A probability that is nearly 1, but for a few rows of one of the blocks C.
    const outputs = Float64Array.from({ length: (nConcepts + 2) * samples }, (_, row) =>
      row > 3 * samples && row % 16 === 0 && row < 4 * samples ? 0 : 1 - 1e-6 * (row % 7),
    );
    const { indices, status } = ESTIMATORS.jansen(outputs, nConcepts);
    expect(status).toBe('ok');
    for (const index of indices) expect(index >= 0 && index <= 1).toBe(true);
    expect([...indices].indexOf(Math.max(...indices))).toBe(1);
  });

  it('Glen gives 1 when the output on C_i does not vary', () => {
    const outputs = Float64Array.from([1, 2, 3, 4, 0, 0, 0, 0, 5, 5, 5, 5]);
    expect(ESTIMATORS.glen(outputs, 1)).toEqual({ indices: Float64Array.of(1), status: 'ok' });
  });
});
