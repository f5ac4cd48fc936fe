import { buildBank } from '../../concepts/bank.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { takeRows, type Matrix } from '../../linalg/matrix.ts';
import type { StoredStability } from '../../metrics/evaluation.ts';
import { stability } from '../../metrics/stability.ts';
import { createRandom, type Random } from '../../random.ts';
import type { EvaluationScope } from './evaluation-scope.ts';
import type { ActivationRows } from '../stages/rows.ts';
import type { MadeAgain } from '../concept-bank.ts';
import type { EvaluationPlan } from './plan.ts';

/** A bank made again from some of the images. */
export interface Refit {
  /** W [r, p], rows of zeros where fewer concepts were found. */
  readonly conceptBank: CodedBank;
  /** Images of the run that had no part in it. */
  readonly leftOut: readonly number[];
}

/** What a bank is made again of. */
export interface MadeOf {
  readonly rows: ActivationRows;
  readonly conceptBank: CodedBank;
  /** Of each image in the rows the first that is the same, see firstAlike. */
  readonly first: readonly number[];
}

/** How often, and with how much, a bank is made again. */
export type RefitPlan = Pick<EvaluationPlan, 'seeds' | 'bootstraps' | 'rows' | 'maxIter'>;

/**
 * Makes the bank again, of its own kind, with other seeds from the same rows and from bootstrap samples of the images. A
 * bootstrap draws whole images with their copies, since the rows of one image are alike; of a single image it draws rows.
 * `tick` is called once a bank.
 */
export async function makeAgain(
  { device, options, signal }: Pick<EvaluationScope, 'device' | 'options' | 'signal'>,
  { rows, conceptBank, first }: MadeOf,
  plan: RefitPlan,
  tick: () => void,
): Promise<MadeAgain> {
  const groups = rowsByImage(rows, first);
  const all = groups.flat();
  const refit = async (chosen: readonly number[], random: Random): Promise<CodedBank> => {
    signal?.throwIfAborted();
    const sample = takeRows(rows.activations, someOf(chosen, plan.rows, random));
    const bank = await buildBank(sample, Math.min(conceptBank.rows, sample.rows), {
      gemm: device.gemm,
      seed: random.integer(2 ** 32),
      active: conceptBank.active,
      maxIter: plan.maxIter,
      ...(signal && { signal }),
    });
    tick();
    return withRows(bank.conceptBank, conceptBank.rows);
  };
  const random = createRandom(options.seed + 1);
  const seeds: CodedBank[] = [];
  const bootstraps: MadeAgain['bootstraps'][number][] = [];
  for (let seed = 0; seed < plan.seeds; seed++) seeds.push(await refit(all, random));
  for (let draw = 0; draw < plan.bootstraps; draw++) {
    const drawn = groups.flatMap(() => groups[random.integer(groups.length)]);
    const bank = await refit(drawn, random);
    bootstraps.push({ bank, seen: [...new Set(drawn.map((row) => first[rows.places[row].image]))] });
  }
  return { seeds, bootstraps };
}

/** How alike a bank's concepts are in the banks that were made again. */
export function stabilityOf(conceptBank: CodedBank, { seeds, bootstraps }: MadeAgain): StoredStability {
  const samples = bootstraps.map(({ bank }) => bank);
  const { mean, min, concepts, unmatched } = stability(conceptBank, [...seeds, ...samples]);
  const meanOf = (own: readonly Matrix[]) => ({
    count: own.length,
    mean: stability(conceptBank, own).mean,
  });
  return {
    mean,
    min,
    ...(unmatched !== undefined && { unmatched }),
    seeds: meanOf(seeds),
    bootstraps: meanOf(samples),
    concepts,
  };
}

/**
 * The banks of the bootstrap samples with the explained images that each left out. `placeOf`: which of the images that they
 * were drawn from an explained one is; undefined for one that was not among them.
 */
export function refitsOf(
  { bootstraps }: MadeAgain,
  explained: readonly number[],
  placeOf: (image: number) => number | undefined,
): Refit[] {
  return bootstraps.map(({ bank, seen }) => {
    const drawn = new Set(seen);
    const leftOut = explained.filter((image) => !drawn.has(placeOf(image) ?? -1));
    return { conceptBank: bank, leftOut };
  });
}

/** Rows of each image and its copies; where there is one image only, each row by itself. */
function rowsByImage({ places }: ActivationRows, first: readonly number[]): number[][] {
  const groups = new Map<number, number[]>();
  places.forEach(({ image }, row) => {
    const own = groups.get(first[image]) ?? [];
    own.push(row);
    groups.set(first[image], own);
  });
  return groups.size > 1 ? [...groups.values()] : places.map((_, row) => [row]);
}

function someOf(rows: readonly number[], most: number, random: Random): readonly number[] {
  if (rows.length <= most) return rows;
  return Array.from(random.permutation(rows.length).subarray(0, most), (place) => rows[place]);
}

/** A sample with fewer rows than concepts gives fewer of them: the missing ones were not found again. */
function withRows(bank: CodedBank, rows: number): CodedBank {
  if (bank.rows === rows) return bank;
  const data = new Float32Array(rows * bank.cols);
  data.set(bank.data);
  return { ...bank, rows, data };
}
