import { holmAdjusted } from '../../metrics/holm.ts';
import { permutationTest, type PermutationTest } from '../../metrics/permutation-test.ts';
import type { Study } from '../study.ts';
import type { Trial } from '../trial.ts';
import { answersOf, isRight, participantShares } from './answers.ts';
import { known, notKnown, type Known, type StudyFigure } from './study-figure.ts';
import { accuracyDifference } from './utility-ratios.ts';

/** Two conditions that are compared: `condition` less `against`. */
export interface Pair {
  readonly condition: string;
  readonly against: string;
}

/** How two conditions compare. */
export interface Contrast extends Pair {
  /** The one that the study was made for; the others are read together. */
  readonly isPrimary: boolean;
  /** Accuracy of `condition` less that of `against`, with an interval over participants and pictures. */
  readonly difference: StudyFigure;
  /** Of participants' means. */
  readonly test: Known<PermutationTest>;
  /** The p-value after Holm, over all contrasts that are not primary; of the primary one the p-value itself. */
  readonly adjusted: number | null;
}

/** No test is made whose p-value could not be small enough to be told. */
const LEVEL = 0.05;

/** Every pair of conditions: the study's contrast, then the others, each later condition against an earlier one. */
export function pairsOf({ conditions, contrast }: Study): Pair[] {
  const pairs = conditions.flatMap((against, at) =>
    conditions.slice(at + 1).map((condition) => ({ condition, against })),
  );
  const others = pairs.filter(
    (pair) => contrast === null || !isOf(pair, contrast.condition) || !isOf(pair, contrast.against),
  );
  return [...(contrast === null ? [] : [contrast]), ...others];
}

function isOf({ condition, against }: Pair, name: string): boolean {
  return condition === name || against === name;
}

/** Every pair of conditions compared by participants' means, in the order of {@link pairsOf}. */
export function contrastsOf(study: Study, trials: readonly Trial[]): Contrast[] {
  const { contrast, seed } = study;
  const found = pairsOf(study).map(({ condition, against }, at) => {
    const answers = answersOf(trials, [condition, against], isRight);
    const shares = participantShares(answers);
    const of = (group: number): number[] =>
      [...shares].filter((_, person) => answers.group[person] === group);
    return {
      condition,
      against,
      isPrimary: contrast !== null && at === 0,
      difference: accuracyDifference(answers, seed),
      test: testOf(of(0), of(1), seed),
    };
  });
  const rest = found.filter(({ isPrimary }) => !isPrimary);
  const adjusted = holmAdjusted(rest.map(({ test }) => test.value?.p ?? NaN));
  return found.map((one) => {
    const p = one.isPrimary ? one.test.value?.p : adjusted[rest.indexOf(one)];
    return { ...one, adjusted: p === undefined || Number.isNaN(p) ? null : p };
  });
}

/** The permutation test of two groups' means, or why no outcome of it could say anything. */
function testOf(a: readonly number[], b: readonly number[], seed: number): Known<PermutationTest> {
  const test = permutationTest(a, b, { seed });
  if (test === undefined) return notKnown('one of the two conditions has no participant who counts');
  // Exchanging groups of equal size gives the same difference.
  const least = (a.length === b.length ? 2 : 1) / test.ways;
  if (test.isExact && least > LEVEL)
    return notKnown(
      `with ${a.length} and ${b.length} participants no outcome could have a p-value below ${least.toFixed(2)}`,
    );
  return known(test);
}
