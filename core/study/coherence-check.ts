import { wilson } from '../metrics/wilson.ts';
import { drawIntruders, type CropConcept, type CropSet, type StrongCrop } from './draw/draw-intruders.ts';
import { chanceOf } from './study.ts';
import { shuffled, streamOf } from './stream.ts';

/*
 * The intruder test for the analyst alone, without a study: which of five crops is of another concept? What is drawn follows
 * from the run, the number of the check and its size, so that an answer needs to name no more than its set and place.
 */

/** Sets for each concept: of a check that takes two minutes, and of a thorough one, which asks of all and of parts, too. */
export const CHECK_SETS = { quick: 3, thorough: 8 } as const;
/** Concepts of a short check, the most important first: more sets would take longer. */
const MOST_QUICK = 10;
/** A name of {@link CHECK_SETS}. */
export type CheckSize = keyof typeof CHECK_SETS;

/** Which check: the first of a run is number 1. */
export interface CheckNumber {
  readonly number: number;
  readonly size: CheckSize;
}

/** Five crops in the order in which they are shown. */
export interface ShownSet {
  readonly concept: CropConcept;
  readonly crops: readonly StrongCrop[];
  /** Place of the intruder among them. */
  readonly intruder: number;
}

/** The sets of a check in the order in which they are asked. */
export function drawCheck(
  concepts: readonly CropConcept[],
  { number, size }: CheckNumber,
): readonly ShownSet[] {
  const asked = size === 'quick' ? concepts.filter(({ isPart }) => !isPart).slice(0, MOST_QUICK) : concepts;
  const { sets } = drawIntruders(asked, CHECK_SETS[size], number);
  const random = streamOf(number, 'coherence');
  return shuffled(sets, random).map((set: CropSet) => {
    const crops = shuffled([...set.own, set.intruder], random);
    return { concept: set.concept, crops, intruder: crops.indexOf(set.intruder) };
  });
}

/** An answer to one set, as it is kept. */
export interface CheckAnswer extends CheckNumber {
  /** Place of the set in its check. */
  readonly set: number;
  /** What was asked about: {@link shownKey} of the concept then. */
  readonly concept: string;
  readonly isFound: boolean;
}

/** Names a concept as it is shown: merged with others it is another one. */
export function shownKey({
  id,
  merged = [],
}: {
  readonly id: string;
  readonly merged?: readonly string[];
}): string {
  return [...new Set([id, ...merged])].sort().join('+');
}

/** How a concept holds together in one person's eyes. */
export interface Coherence {
  readonly found: number;
  readonly asked: number;
  /** Share of intruders found with chance (1 in 5) taken off: 0 is guessing, 1 always right. */
  readonly value: number;
  /** Wilson's 95 % interval over sets, likewise. */
  readonly low: number;
  readonly high: number;
}

const CHANCE = chanceOf({ kind: 'intruder', items: [] })!;

/**
 * The coherence of a concept by all answers about it; undefined without any. Of one person: other people may see otherwise.
 * Source: Chang et al. 2009 (word intrusion); CRAFT's first human experiment.
 */
export function coherenceOf(key: string, answers: readonly CheckAnswer[]): Coherence | undefined {
  const own = answers.filter(({ concept }) => concept === key);
  if (own.length === 0) return undefined;
  const found = own.filter(({ isFound }) => isFound).length;
  const above = (share: number): number => (share - CHANCE) / (1 - CHANCE);
  const [low, high] = wilson(found, own.length);
  return {
    ...{ found, asked: own.length, value: above(found / own.length) },
    ...{ low: above(Math.max(0, low)), high: above(Math.min(1, high)) },
  };
}
