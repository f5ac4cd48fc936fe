import { buildBank } from '../../concepts/bank.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { takeRows, type Matrix } from '../../linalg/matrix.ts';
import type { StoredStability } from '../../metrics/evaluation.ts';
import { stability } from '../../metrics/stability.ts';
import { createRandom, type Random } from '../../random.ts';
import { distinctImages } from './alike-images.ts';
import type { EvaluationScope } from './evaluation-scope.ts';
import type { ActivationRows } from '../stages/rows.ts';
import type { EvaluationPlan, EvaluationSubject } from './plan.ts';

/** A bank made again from some of the images. */
export interface Refit {
  /** W [r, p], rows of zeros where fewer concepts were found. */
  readonly conceptBank: CodedBank;
  /** Images of the run that had no part in it. */
  readonly leftOut: readonly number[];
}

/**
 * Makes the bank again, of its own kind, with other seeds from the same rows and from bootstrap samples of the images, and
 * compares. A bootstrap draws whole images with their copies, since the rows of one image are alike; of a single image it
 * draws rows. `first`: of every image the first that is the same, see firstAlike. `tick` is called once a bank. The banks of
 * the bootstrap samples come with the images that each left out, without copies.
 */
export async function evaluateStability(
  context: EvaluationScope,
  { rows, conceptBank }: EvaluationSubject,
  first: readonly number[],
  plan: EvaluationPlan,
  tick: () => void,
): Promise<{ readonly stability: StoredStability; readonly refits: readonly Refit[] }> {
  const { device, options, signal } = context;
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
  const banks: Matrix[] = [];
  const refits: Refit[] = [];
  for (let seed = 0; seed < plan.seeds; seed++) banks.push(await refit(all, random));
  for (let draw = 0; draw < plan.bootstraps; draw++) {
    const drawn = groups.flatMap(() => groups[random.integer(groups.length)]);
    const bank = await refit(drawn, random);
    banks.push(bank);
    const seen = new Set(drawn.map((row) => first[rows.places[row].image]));
    const leftOut = distinctImages(first).filter((image) => !seen.has(image));
    const { active } = conceptBank;
    refits.push({ conceptBank: active === undefined ? bank : { ...bank, active }, leftOut });
  }
  const { mean, min, concepts, unmatched } = stability(conceptBank, banks);
  const meanOf = (own: readonly Matrix[]) => ({
    count: own.length,
    mean: stability(conceptBank, own).mean,
  });
  return {
    stability: {
      mean,
      min,
      ...(unmatched !== undefined && { unmatched }),
      seeds: meanOf(banks.slice(0, plan.seeds)),
      bootstraps: meanOf(banks.slice(plan.seeds)),
      concepts,
    },
    refits,
  };
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
