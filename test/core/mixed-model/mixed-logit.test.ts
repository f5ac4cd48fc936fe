import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logistic, type MixedDesign } from '../../../core/mixed-model/design.ts';
import { laplaceDeviance } from '../../../core/mixed-model/laplace.ts';
import { combinedEffect, fitMixedLogit, type MixedLogit } from '../../../core/mixed-model/mixed-logit.ts';
import { createRandom } from '../../../core/random.ts';

interface Glmer {
  readonly name: string;
  readonly groupings: readonly ('participant' | 'picture')[];
  readonly interaction: boolean;
  readonly participant: number[];
  readonly picture: number[];
  readonly condition: number[];
  readonly session: number[];
  readonly right: number[];
  readonly beta: number[];
  readonly error: number[];
  readonly theta: number[] | number;
  readonly deviance: number;
}

function fixture<T>(file: string): T {
  const from = path.join(import.meta.dirname, '../../fixtures', file);
  return JSON.parse(readFileSync(from, 'utf8')) as T;
}

const { cases } = fixture<{ cases: Glmer[] }>('mixed-model/glmer.json');
const { logit } = fixture<{
  logit: { x: number[][]; y: number[]; beta: number[]; error: number[]; p: number[]; deviance: number };
}>('study-statistics/golden.json');

/** Columns of 0 and 1 as R makes them: the first level of each is left out, the condition runs first in interactions. */
function designOf({ condition, session, right, groupings, interaction, ...one }: Glmer): MixedDesign {
  const others = (values: number[]): number[] => [...new Set(values)].sort((a, b) => a - b).slice(1);
  const single = (name: string, values: number[]): [string, number[]][] =>
    others(values).map((level) => [`${name}${level}`, values.map((value) => Number(value === level))]);
  const [conditions, sessions] = [single('condition', condition), single('session', session)];
  const both = sessions.flatMap(([a, s]) =>
    conditions.map(([b, c]): [string, number[]] => [`${b}:${a}`, c.map((value, i) => value * s[i])]),
  );
  const columns = [
    ['intercept', right.map(() => 1)] as [string, number[]],
    ...[...conditions, ...sessions, ...(interaction ? both : [])],
  ];
  const x = Float64Array.from(right.flatMap((_, i) => columns.map(([, column]) => column[i])));
  const grouped = groupings.map((name) => ({ name, of: one[name], levels: Math.max(...one[name]) + 1 }));
  return { terms: columns.map(([name]) => name), x, right, groupings: grouped };
}

function converged(design: MixedDesign): MixedLogit {
  const fit = fitMixedLogit(design);
  if (fit.status !== 'converged') throw new Error(`${fit.status}: ${fit.terms.join()}`);
  return fit;
}

describe('fitMixedLogit()', () => {
  it.each(cases)('gives what lme4 gives for $name', (one) => {
    const fit = converged(designOf(one));
    const got = fit.coefficients;
    expect(got.map(({ estimate }) => estimate)).toBeAllclose(one.beta, { atol: 1e-4 });
    expect(got.map(({ error }) => error)).toBeAllclose(one.error, { atol: 1e-4 });
    expect(fit.deviance).toBeCloseTo(one.deviance, 5);
    const theta = [one.theta].flat();
    expect(fit.spreads.map(({ deviation }) => deviation)).toBeAllclose(theta, { atol: 1e-4 });
    // A spread of 0 is said as 0.
    theta.forEach((want, at) => want < 1e-5 && expect(fit.spreads[at].deviation).toBe(0));
  });

  it('is the logistic regression of statsmodels without groupings', () => {
    const design = { terms: ['one', 'a', 'b'], x: Float64Array.from(logit.x.flat()), right: logit.y };
    const fit = converged({ ...design, groupings: [] });
    const got = fit.coefficients;
    expect(got.map(({ estimate }) => estimate)).toBeAllclose(logit.beta, { atol: 1e-6 });
    expect(got.map(({ error }) => error)).toBeAllclose(logit.error, { atol: 1e-6 });
    expect(got.map(({ p }) => p)).toBeAllclose(logit.p, { atol: 1e-6 });
    expect(fit.deviance).toBeCloseTo(logit.deviance, 6);
    expect(fit).toMatchObject({ spreads: [], observations: 80 });
  });

  it('does not care how levels are numbered or which grouping comes first', () => {
    const design = designOf(cases[0]);
    const there = converged(design);
    const turned = design.groupings
      .map(({ name, levels, of }) => ({ name, levels, of: Array.from(of, (at) => levels - 1 - at) }))
      .reverse();
    const back = converged({ ...design, groupings: turned });
    expect(back.coefficients.map(({ estimate }) => estimate)).toBeAllclose(
      there.coefficients.map(({ estimate }) => estimate),
      { atol: 1e-5 },
    );
    expect(back.spreads.map(({ name }) => name)).toEqual(['picture', 'participant']);
    expect(back.spreads[1].deviation).toBeCloseTo(there.spreads[0].deviation, 5);
  });

  it('follows the gradient of its deviance, by central differences', () => {
    const design = designOf(cases[0]);
    const deviance = laplaceDeviance(design);
    const at = [0.6, 0.4, ...design.terms.map((_, k) => 0.2 - 0.07 * k)];
    const of = (point: number[]): ReturnType<typeof deviance> =>
      deviance(Float64Array.from(point.slice(0, 2)), Float64Array.from(point.slice(2)));
    const { gradient } = of(at);
    const want = at.map((_, k) => {
      const [up, down] = [1e-5, -1e-5].map(
        (by) => of(at.map((value, i) => value + (i === k ? by : 0))).deviance,
      );
      return (up - down) / 2e-5;
    });
    expect(gradient).toBeAllclose(want, { atol: 1e-4, rtol: 1e-5 });
  });

  it('combines coefficients with their covariance', () => {
    const fit = converged(designOf(cases[1]));
    const [, second] = fit.coefficients;
    expect(combinedEffect(fit, [0, 1, 0, 0])).toEqual(second);
    const all = combinedEffect(fit, [1, 1, 1, 1]);
    expect(all.estimate).toBeCloseTo(
      fit.coefficients.reduce((sum, { estimate }) => sum + estimate, 0),
      12,
    );
    expect(all.error).toBeCloseTo(Math.sqrt(fit.covariance.reduce((sum, value) => sum + value, 0)), 12);
  });
});

describe('what has no estimate', () => {
  const participants = Array.from({ length: 60 }, (_, i) => i % 6);
  const groupings = [{ name: 'participant', levels: 6, of: participants }];
  const ones = Array.from(participants, () => 1);

  it('is separated where everybody is right in a condition', () => {
    const random = createRandom(2);
    const condition = participants.map((at) => at % 2);
    const right = condition.map((is) => (is ? 1 : random.integer(2)));
    const x = Float64Array.from(condition.flatMap((is) => [1, is]));
    const design = { terms: ['intercept', 'maps'], x, right, groupings };
    expect(fitMixedLogit(design)).toEqual({ status: 'separated', terms: ['maps'] });
    const all = { terms: ['intercept'], x: Float64Array.from(ones), right: ones, groupings };
    expect(fitMixedLogit(all)).toEqual({ status: 'separated', terms: ['intercept'] });
  });

  it('is rank-deficient where a column follows from others', () => {
    const right = participants.map((_, i) => i % 3 && 1);
    const x = Float64Array.from(participants.flatMap((at) => [1, at % 2, 1 - (at % 2)]));
    const terms = ['intercept', 'maps', 'not maps'];
    expect(fitMixedLogit({ terms, x, right, groupings })).toEqual({
      status: 'rank-deficient',
      terms: ['not maps'],
    });
  });

  it('is unbounded or settles where each participant is always right or always wrong, never a wild number', () => {
    const right = participants.map((at) => at % 2);
    const fit = fitMixedLogit({ terms: ['intercept'], x: Float64Array.from(ones), right, groupings });
    expect(fit).toEqual({ status: 'unbounded', terms: ['participant'] });
  });

  it('names what does not fit', () => {
    const bad = { terms: ['one'], x: Float64Array.from(ones), right: ones.slice(1), groupings: [] };
    expect(() => fitMixedLogit(bad)).toThrow('internal: mixed model: x has 60 entries, not 59 · 1');
    const far = [{ name: 'picture', levels: 2, of: ones.map(() => 2) }];
    expect(() => fitMixedLogit({ ...bad, right: ones, groupings: far })).toThrow(
      'internal: mixed model: picture 2 is not below 2',
    );
  });
});

describe('any small study', () => {
  it('has finite estimates that fit no worse than without random effects, or a status', () => {
    const rows = fc.array(
      fc.record({
        participant: fc.nat(5),
        picture: fc.nat(4),
        condition: fc.nat(1),
        right: fc.nat(1),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(rows, (answers) => {
        const design = {
          terms: ['intercept', 'maps'],
          x: Float64Array.from(answers.flatMap(({ condition }) => [1, condition])),
          right: answers.map(({ right }) => right),
        };
        const groupings = (['participant', 'picture'] as const).map((name) => ({
          name,
          levels: 6,
          of: answers.map((one) => one[name]),
        }));
        const fit = fitMixedLogit({ ...design, groupings });
        seen.add(fit.status);
        if (fit.status !== 'converged') return;
        for (const { estimate, error, p } of fit.coefficients) {
          expect(Math.abs(estimate)).toBeLessThan(60);
          expect(error).toBeGreaterThan(0);
          expect(error).toBeLessThan(60);
          expect(p).toBeGreaterThanOrEqual(0);
        }
        expect(fit.deviance).toBeLessThan(converged({ ...design, groupings: [] }).deviance + 1e-6);
      }),
      { numRuns: 300 },
    );
    expect(seen).toContain('converged');
    expect(seen).toContain('separated');
    expect(seen).toContain('rank-deficient');
    expect(seen).not.toContain('not-converged');
  });
});

describe('logistic()', () => {
  it('neither overflows nor leaves 0 … 1', () => {
    expect([-800, 0, 800].map(logistic)).toEqual([0, 0.5, 1]);
  });
});
