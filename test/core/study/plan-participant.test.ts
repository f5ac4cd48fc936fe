import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedPlaces, conditionOf, poolOrder } from '../../../core/study/assignment.ts';
import { williamsSquare } from '../../../core/study/latin-square.ts';
import type { AskStep, ParticipantPlan } from '../../../core/study/participant-plan.ts';
import { planParticipant } from '../../../core/study/plan-participant.ts';
import { asStudy, exampleChoice, exampleIntruder, exampleUtility } from './example-study.ts';

const asks = ({ steps }: ParticipantPlan): AskStep[] => steps.filter((step) => step.kind === 'ask');
const countsOf = <T>(values: readonly T[]): Map<T, number> =>
  values.reduce((counts, value) => counts.set(value, (counts.get(value) ?? 0) + 1), new Map<T, number>());
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

describe('williamsSquare()', () => {
  it.each([1, 2, 3, 4, 5, 6, 7])(
    'puts each of %i in each place, and after each other, equally often',
    (n) => {
      const rows = williamsSquare(n);
      for (let place = 0; place < n; place++)
        expect(new Set(countsOf(rows.map((row) => row[place])).values())).toEqual(new Set([rows.length / n]));
      const pairs = countsOf(rows.flatMap((row) => row.slice(1).map((next, at) => `${row[at]} ${next}`)));
      expect(pairs.size).toBe(n * (n - 1));
      expect(new Set(pairs.values()).size).toBe(n === 1 ? 0 : 1);
    },
  );
});

describe('assignment', () => {
  const conditions = fc
    .integer({ min: 1, max: 5 })
    .map((count) => Array.from({ length: count }, (_, at) => `c${at}`));

  it('never lets conditions differ by more than one participant', () => {
    fc.assert(
      fc.property(conditions, fc.integer(), fc.integer({ min: 1, max: 60 }), (names, seed, participants) => {
        const counts = countsOf(
          numbers(participants).map((one) => conditionOf({ conditions: names, seed }, one)),
        );
        const all = names.map((name) => counts.get(name) ?? 0);
        expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  it('draws the order of conditions from the seed, other in other blocks', () => {
    const study = { conditions: ['a', 'b', 'c'], seed: 3 };
    const order = (seed: number) =>
      numbers(30)
        .map((one) => conditionOf({ ...study, seed }, one))
        .join('');
    expect(order(3)).toBe(order(3));
    expect(order(3)).not.toBe(order(4));
    const blocks = order(3).match(/.{3}/g)!;
    expect(new Set(blocks).size).toBeGreaterThan(2);
  });

  it('puts each pool in each place equally often in every condition after a round', () => {
    fc.assert(
      fc.property(conditions, fc.integer(), fc.integer({ min: 1, max: 4 }), (names, seed, pools) => {
        const rows = williamsSquare(pools).length;
        const study = { conditions: names, seed };
        const seen = numbers(2 * rows * names.length).flatMap((one) =>
          poolOrder(study, one, pools).map((pool, place) => `${conditionOf(study, one)} ${pool} ${place}`),
        );
        const counts = countsOf(seen);
        expect(counts.size).toBe(names.length * pools * pools);
        expect(new Set(counts.values())).toEqual(new Set([(2 * rows) / pools]));
      }),
      { numRuns: 60 },
    );
  });

  it('spreads places over items and participants', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 23 }),
        fc.integer({ min: 1, max: 9 }),
        (seed, items, from) => {
          const five = numbers(5).map((one) => balancedPlaces({ seed }, one + from, items, 5));
          for (let item = 0; item < items; item++)
            expect(new Set(five.map((places) => places[item])).size).toBe(5);
          for (const places of five) {
            const all = numbers(5).map((place) => countsOf(places).get(place - 1) ?? 0);
            expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has no participant below 1', () => {
    expect(() => conditionOf({ conditions: ['a'], seed: 0 }, 0)).toThrow(
      "study: 0 is no participant's number",
    );
  });
});

describe('planParticipant()', () => {
  it('learns every picture of a session before its test, and asks each once with one that was learnt', async () => {
    const study = asStudy(await exampleUtility());
    const { material } = study;
    if (material.kind !== 'utility') throw new Error('utility expected');
    for (const participant of numbers(12)) {
      const { steps } = planParticipant(study, participant);
      expect(steps.map(({ kind }) => kind).filter((kind) => kind === 'pause')).toHaveLength(2);
      for (const session of [1, 2, 3]) {
        const here = steps.filter(
          (step) => 'session' in step && step.session === session && step.kind !== 'pause',
        );
        const learnt = here.flatMap((step) => (step.kind === 'learn' ? [step.item] : []));
        const asked = here.filter((step) => step.kind === 'ask');
        const pool = material.sessions.find(({ train }) => train.includes(learnt[0]))!;
        expect([...learnt].sort()).toEqual([...pool.train].sort());
        expect(here.findIndex(({ kind }) => kind === 'ask')).toBe(learnt.length);
        expect(
          asked
            .filter(({ as }) => as === 'test')
            .map(({ item }) => item)
            .sort(),
        ).toEqual([...pool.test].sort());
        const caught = asked.filter(({ as }) => as === 'catch').map(({ item }) => item);
        expect(caught).toHaveLength(1);
        expect(pool.train).toContain(caught[0]);
      }
    }
  });

  it('puts the catch question anywhere in the test', async () => {
    const study = asStudy(await exampleUtility());
    const places = numbers(60).map((one) =>
      asks(planParticipant(study, one))
        .filter(({ session }) => session === 1)
        .findIndex(({ as }) => as === 'catch'),
    );
    expect(new Set(places)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('begins with practice and a quiz in two tries, numbered through', async () => {
    const plan = planParticipant(asStudy(await exampleUtility()), 1);
    expect(plan.steps.slice(0, 2).map(({ kind }) => kind)).toEqual(['consent', 'instructions']);
    expect(plan.steps.at(-1)).toEqual({ kind: 'thanks' });
    const all = asks(plan);
    expect(all.map(({ trial }) => trial)).toEqual(numbers(all.length));
    const early = all
      .filter(({ session }) => session === 0)
      .map(({ as, attempt }) => `${as} ${attempt ?? ''}`.trim());
    expect(countsOf(early)).toEqual(
      new Map([
        ['practice', 2],
        ['quiz 1', 4],
        ['quiz 2', 4],
      ]),
    );
  });

  it('is the same at every call, and other for another number or seed', async () => {
    const study = asStudy(await exampleUtility());
    expect(planParticipant(study, 4)).toEqual(planParticipant(asStudy(await exampleUtility()), 4));
    expect(planParticipant(study, 4).steps).not.toEqual(planParticipant(study, 5).steps);
    expect(planParticipant({ ...study, seed: 8 }, 4).steps).not.toEqual(planParticipant(study, 4).steps);
  });

  it('shows all five crops of every set, the intruder in each place equally often over five participants', async () => {
    const study = asStudy(await exampleIntruder({ count: 25 }));
    const seen = numbers(5).flatMap((one) => asks(planParticipant(study, one)));
    for (const { order } of seen) expect([...order!].sort()).toEqual([0, 1, 2, 3, 4]);
    const places = countsOf(seen.map(({ item, order }) => `${item} ${order!.indexOf(4)}`));
    expect(places.size).toBe(25 * 5);
    expect(planParticipant(study, 1).steps.filter(({ kind }) => kind === 'pause')).toHaveLength(1);
    expect(planParticipant(study, 1).condition).toBe('all');
  });

  it('puts the concept left and right equally often', async () => {
    const study = asStudy(await exampleChoice());
    const sides = [1, 2].map(
      (one) => new Map(asks(planParticipant(study, one)).map(({ item, order }) => [item, order![0]])),
    );
    for (const [item, first] of sides[0]) expect(sides[1].get(item)).toBe(1 - first);
    expect([...sides[0].values()].filter((first) => first === 0)).toHaveLength(3);
  });
});
