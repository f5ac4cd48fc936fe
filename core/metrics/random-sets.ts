import { createRandom, type Random } from '../random.ts';
import type { OnProgress } from '../platform.ts';
import { medianOf } from './median.ts';
import type { LinearProbe, Probes, ProbeOptions } from './linear-probe.ts';
import { kindsOfGroups, probeAccuracy, type ProbedRows } from './probe-accuracy.ts';
import type { ShareEstimate } from './wilson.ts';

/** Random sets that the examples are compared with: with them p is a whole number of hundredths. */
export const RANDOM_SETS = 99;
/** Up to this p a figure is distinguishable from those of random sets. */
export const SIGNIFICANT = 0.05;

/** A figure of the examples beside the same of random sets. */
export interface AgainstRandom {
  /** Median of the random sets. */
  readonly median: number;
  /** Share of sets, the examples among them, that lie as far out: the least is 1 / (sets + 1). */
  readonly p: number;
}

/** A probe with how well it does, and how that compares with probes of random sets. */
export interface ComparedProbe {
  /** Fitted to all rows. */
  readonly probe: LinearProbe;
  readonly accuracy: ShareEstimate & AgainstRandom;
  /** Of the score that was asked for; undefined where it is none. */
  readonly score?: { readonly value: number } & AgainstRandom;
  readonly sets: number;
}

/** What else is computed of every probe, and who hears of each. */
export interface ComparisonWork extends ProbeOptions {
  readonly seed: number;
  /** @default RANDOM_SETS */
  readonly sets?: number;
  /** A figure of a direction w [p], for example its TCAV score. */
  readonly scoreOf?: (weights: Float64Array) => number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** Lets others have the thread between two sets. */
  readonly pause?: () => Promise<void>;
}

/**
 * Fits a probe to examples and to random sets of as many groups, and says how far the examples stand out.
 *
 * Method   a set is drawn at random from all groups, the examples among them, and the groups left are its counter-examples: if
 *          the examples are nothing but a random set themselves, every rank among the sets is as likely, exactly, so that
 *          at most 5 % of random examples are told to stand out (permutation test; Phipson & Smyth 2010). Kim et al. 2018
 *          draw random sets from other images alone, where that does not hold. Accuracy counts upwards only; the score
 *          counts both ways, by its distance from the median of all sets.
 * Throws   the signal's reason when aborted.
 * Source   Kim et al. 2018, "Interpretability Beyond Feature Attribution" (TCAV), section 3.5.
 * Limits   two groups of each kind at least; groups of several rows make sets of unequal size.
 */
export async function compareWithRandomSets(
  probes: Probes,
  rows: ProbedRows,
  work: ComparisonWork,
): Promise<ComparedProbe> {
  const { seed, sets = RANDOM_SETS, scoreOf, onProgress, signal, pause } = work;
  const random = createRandom(seed);
  const all = [...rows.groups.keys()];
  const kinds = kindsOfGroups(rows.labels, rows.groups);
  const examples = kinds.filter((kind) => kind === 1).length;
  const probe = probes.fit(all, rows.labels, work);
  const accuracy = probeAccuracy(probes, rows, random, work);
  const [accuracies, scores] = [[accuracy.value], [scoreOf?.(probe.weights) ?? 0]];
  for (let set = 0; set < sets; set++) {
    signal?.throwIfAborted();
    onProgress?.({ stage: 'random-sets', done: set, total: sets });
    const labels = randomLabels(rows.groups, kinds.length, examples, random);
    accuracies.push(probeAccuracy(probes, { ...rows, labels }, random, work).value);
    if (scoreOf) scores.push(scoreOf(probes.fit(all, labels, work).weights));
    await pause?.();
  }
  onProgress?.({ stage: 'random-sets', done: sets, total: sets });
  return {
    probe,
    accuracy: { ...accuracy, ...against(accuracies, (value) => value) },
    ...(scoreOf && { score: besideRandomSets(scores) }),
    sets,
  };
}

/** The first of some scores beside the others, those of random sets; it counts both ways, from the median of all. */
export function besideRandomSets(scores: readonly number[]): { readonly value: number } & AgainstRandom {
  const centre = medianOf(scores);
  return { value: scores[0], ...against(scores, (value) => Math.abs(value - centre)) };
}

/** Labels of a random set of some groups. */
function randomLabels(groups: readonly number[], count: number, chosen: number, random: Random): number[] {
  const isChosen = new Uint8Array(count);
  for (const group of random.permutation(count).subarray(0, chosen)) isChosen[group] = 1;
  return groups.map((group) => isChosen[group]);
}

/** The first of the values beside the others, those of random sets, by how far out each lies. */
function against(values: readonly number[], outness: (value: number) => number): AgainstRandom {
  const own = outness(values[0]);
  const asFar = values.filter((value) => outness(value) >= own - 1e-12).length;
  return { median: medianOf(values.slice(1)), p: asFar / values.length };
}
