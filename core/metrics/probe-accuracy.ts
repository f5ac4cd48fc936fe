import type { Random } from '../random.ts';
import type { Probes, ProbeOptions } from './linear-probe.ts';
import { shareEstimate, type ShareEstimate } from './wilson.ts';

/** Parts that the pictures are dealt into; each is held out once. */
const FOLDS = 5;
/** On which side of the border a row lies is known long before the minimum is; Newton's steps double the digits. */
const TOLERANCE = 1e-3;

/** Rows of two kinds. Rows of one picture, or of copies of it, share a group, and a group has rows of one kind. */
export interface ProbedRows {
  /** [n], 1 for the examples. */
  readonly labels: ArrayLike<number>;
  /** [n], 0, 1, … without gaps. */
  readonly groups: readonly number[];
}

/**
 * How often a probe is right on rows of pictures that it was not fitted to, as the mean of both kinds' shares: 0.5 is
 * chance, however many rows each kind has.
 *
 * Method   up to 5 parts, both kinds dealt evenly and at random, whole groups at a time, so that crops or copies of a picture
 *          never lie on both sides. A group counts once, by the share of its rows that are right.
 *          Interval: Wilson's for each kind, joined as for a sum of independent shares (Zou & Donner 2008).
 * Limits   needs two groups of each kind. The parts share most of what they are fitted to, which the interval does not know:
 *          it is a little too narrow (Bengio & Grandvalet 2004).
 */
export function probeAccuracy(
  probes: Probes,
  { labels, groups }: ProbedRows,
  random: Random,
  options: ProbeOptions = {},
): ShareEstimate {
  const kindOf = kindsOfGroups(labels, groups);
  const foldOf = dealtFolds(kindOf, random);
  const rows = [...groups.keys()];
  const right = new Float64Array(kindOf.length);
  const sizes = new Float64Array(kindOf.length);
  const folds = foldOf.reduce((most, fold) => Math.max(most, fold + 1), 0);
  for (let fold = 0; fold < folds; fold++) {
    const probe = probes.fit(
      rows.filter((row) => foldOf[groups[row]] !== fold),
      labels,
      { ...options, tolerance: TOLERANCE },
    );
    for (const row of rows.filter((one) => foldOf[groups[one]] === fold)) {
      sizes[groups[row]]++;
      if (probe.scores[row] > 0 === (labels[row] === 1)) right[groups[row]]++;
    }
  }
  const [others, examples] = [0, 1].map((kind) => {
    const own = [...kindOf.keys()].filter((group) => kindOf[group] === kind);
    const hits = own.reduce((sum, group) => sum + right[group] / sizes[group], 0);
    return shareEstimate(hits, own.length);
  });
  const half = (a: number, b: number): number => Math.sqrt(a ** 2 + b ** 2) / 2;
  const value = (others.value + examples.value) / 2;
  return {
    value,
    low: value - half(others.value - others.low, examples.value - examples.low),
    high: value + half(others.high - others.value, examples.high - examples.value),
  };
}

/** The kind of each group, by its rows. */
export function kindsOfGroups(labels: ArrayLike<number>, groups: readonly number[]): number[] {
  const kinds: number[] = [];
  groups.forEach((group, row) => (kinds[group] = labels[row]));
  return kinds;
}

/** The part of each group: both kinds are shuffled and dealt round. */
function dealtFolds(kindOf: readonly number[], random: Random): number[] {
  const folds: number[] = [];
  const groupsOf = (kind: number) => [...kindOf.keys()].filter((group) => kindOf[group] === kind);
  const count = Math.min(FOLDS, groupsOf(0).length, groupsOf(1).length);
  for (const kind of [0, 1]) {
    const own = groupsOf(kind);
    random.permutation(own.length).forEach((at, place) => (folds[own[at]] = place % count));
  }
  return folds;
}
