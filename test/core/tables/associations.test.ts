import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../core/random.ts';
import { associationsOf } from '../../../core/tables/associations.ts';
import { readColumn, type Column } from '../../../core/tables/column-kinds.ts';
import { columnLevels } from '../../../core/tables/column-levels.ts';
import { sliceConcepts } from '../../../core/tables/slice-concepts.ts';
import { slicesOf } from '../../../core/tables/slices.ts';

const IMAGES = 40;
const column = (name: string, cells: readonly string[]): Column =>
  readColumn(name, cells, { mayHaveDecimalComma: false });

/** Amounts as concepts have them: many zeros, and a few large ones. */
const sparse = (random: Random): Float64Array =>
  Float64Array.from({ length: 4 }, () => Math.max(0, random.normal() - 0.6));

function noise(random: Random, at: number): Column {
  const kinds = [
    () => random.normal().toFixed(3),
    () => 'abcdef'[random.integer(2 + (at % 5))],
    () => String(random.integer(3)),
    () => (random.uniform() < 0.15 ? 'rare' : 'usual'),
    () => `2024-0${1 + random.integer(9)}-1${random.integer(10)}`,
  ];
  return column(
    `noise ${at}`,
    Array.from({ length: IMAGES }, () => (random.uniform() < 0.05 ? '' : kinds[at % kinds.length]())),
  );
}

describe('associationsOf()', () => {
  it('gives no more false finds among 50 columns of noise than promised', () => {
    const repeats = 40;
    let alarms = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const random = createRandom(repeat);
      const amounts = Array.from({ length: IMAGES }, () => sparse(random));
      const columns = Array.from({ length: 50 }, (_, at) => noise(random, at));
      if (associationsOf({ amounts, columns }, repeat)[0].isFind) alarms++;
    }
    // Where nothing goes along every find is false, so that 5 % of the repeats may have one: 7 of 40 in 3 of 1,000 cases.
    expect(alarms).toBeLessThan(7);
  });

  it('finds what was put there first, and of its finds few are false', () => {
    let [found, wrong] = [0, 0];
    for (let repeat = 0; repeat < 6; repeat++) {
      const random = createRandom(1000 + repeat);
      const amounts = Array.from({ length: IMAGES }, () => sparse(random));
      const cells = amounts.map((own) => (own[2] > 0.3 ? 'Anna' : ['Ben', 'Cleo'][random.integer(2)]));
      const columns = [
        ...Array.from({ length: 50 }, (_, at) => noise(random, at)),
        column('photographer', cells),
      ];
      const all = associationsOf({ amounts, columns }, repeat);
      expect(all[0]).toMatchObject({ concept: 2, column: 50, isFind: true, effect: { level: 'Anna' } });
      found += all.filter(({ isFind }) => isFind).length;
      wrong += all.filter((one) => one.isFind && (one.concept !== 2 || one.column !== 50)).length;
    }
    expect(wrong / found).toBeLessThan(0.2);
  });

  it('says by how much a concept rises with a number, of the images that have one', () => {
    const random = createRandom(5);
    const amounts = Array.from({ length: 40 }, (_, i) => [i + random.normal()]);
    const cells = amounts.map((_, i) => (i % 10 === 0 ? '' : String(-i)));
    const [one] = associationsOf({ amounts, columns: [column('iso', cells)] }, 0);
    expect(one).toMatchObject({ images: 36, isFind: true, effect: { kind: 'correlation' } });
    expect(one.effect.kind === 'correlation' && one.effect.rho).toBeLessThan(-0.9);
  });

  it('asks nothing of levels with few images, and of columns that cannot be compared', () => {
    const amounts = Array.from({ length: 12 }, (_, i) => [i]);
    const cells = amounts.map((_, i) => (i < 8 ? 'many' : 'few'));
    expect(associationsOf({ amounts, columns: [column('c', cells)] }, 0)).toEqual([]);
    expect(
      associationsOf(
        {
          amounts,
          columns: [
            column(
              'c',
              amounts.map(() => 'x'),
            ),
          ],
        },
        0,
      ),
    ).toEqual([]);
    expect(associationsOf({ amounts: [], columns: [] }, 0)).toEqual([]);
  });
});

describe('columnLevels()', () => {
  const levels = (cells: readonly string[]) => columnLevels(column('c', cells))!;
  it('puts numbers into groups of as many, and few different ones by themselves', () => {
    const many = levels(Array.from({ length: 40 }, (_, i) => String(i)));
    expect(many.levels).toEqual(['0 to 9', '10 to 19', '20 to 29', '30 to 39']);
    expect([0, 9, 10, 39].map((i) => many.of[i])).toEqual([0, 0, 1, 3]);
    expect(levels(['100', '200', '400', '100', '']).of).toEqual(Int32Array.of(0, 1, 2, 0, -1));
  });

  it('keeps a value that most have in one group', () => {
    const { levels: texts, of } = levels([
      ...Array<string>(30).fill('0'),
      ...Array.from({ length: 10 }, (_, i) => String(i + 1)),
    ]);
    expect(texts).toEqual(['0', '1 to 10']);
    expect(of[0]).toBe(0);
    expect(of[39]).toBe(1);
  });

  it('takes dates by year, and by month within one', () => {
    const days = (year: number) => Array.from({ length: 6 }, (_, i) => `${year}-0${i + 1}-01`);
    expect(levels([...days(2023), ...days(2024)]).levels).toEqual(['2023', '2024']);
    expect(levels(days(2024)).levels).toHaveLength(6);
  });
});

describe('slicesOf()', () => {
  it('lists the slice that does worse first, with an interval, and none by chance', () => {
    const of = Int32Array.from({ length: 200 }, (_, i) => (i < 20 ? 0 : 1 + (i % 2)));
    const isWrong = Array.from({ length: 200 }, (_, i) => (i < 12 ? true : i % 20 === 0));
    const [worst, ...others] = slicesOf([{ column: 3, levels: ['night', 'day', 'dusk'], of }], isWrong);
    expect(worst).toMatchObject({ column: 3, level: 'night', images: 20, wrong: 12, isWorse: true });
    expect(worst.errors.low).toBeGreaterThan(worst.rest.value);
    expect(others.some(({ isWorse }) => isWorse)).toBe(false);
  });

  it('gives no more false finds among noise than promised', () => {
    let alarms = 0;
    for (let repeat = 0; repeat < 40; repeat++) {
      const random = createRandom(repeat);
      const isWrong = Array.from({ length: 200 }, () => random.uniform() < 0.15);
      const columns = Array.from({ length: 50 }, (_, at) => ({
        column: at,
        levels: ['a', 'b', 'c', 'd'],
        of: Int32Array.from({ length: 200 }, () => random.integer(4)),
      }));
      if (slicesOf(columns, isWrong)[0].isWorse) alarms++;
    }
    expect(alarms).toBeLessThan(7);
  });

  it('leaves images out of which nothing is known', () => {
    const of = Int32Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : i < 16 ? 1 : -1));
    const isWrong = of.map((_, i) => i % 2) as unknown as number[];
    const slices = slicesOf(
      [{ column: 0, levels: ['a', 'b'], of }],
      [...isWrong].map((one, i) => (i === 0 ? undefined : one === 1)),
    );
    expect(slices.map(({ images }) => images).sort()).toEqual([6, 9]);
  });
});

describe('sliceConcepts()', () => {
  it('names the concepts that a slice has more of, and knows nothing of too few images', () => {
    const random = createRandom(2);
    const isIn = Uint8Array.from({ length: 50 }, (_, i) => Number(i < 15));
    const amounts = Array.from(isIn, (one) => [random.uniform(), random.uniform() + one]);
    const [found, unknown] = sliceConcepts(
      amounts,
      [isIn, Uint8Array.from(isIn, (_, i) => Number(i < 2))],
      0,
    );
    expect(found!.map(({ concept }) => concept)).toEqual([1]);
    expect(unknown).toBeUndefined();
  });
});
