import { matrix, rowView } from '../linalg/matrix.ts';
import { meanEstimate } from '../metrics/mean-interval.ts';
import { decide } from '../score/decision.ts';
import type { Score } from '../score/score.ts';
import type { AblatedImage } from './ablation-head.ts';
import { unchangedFactors } from './ablation.ts';
import { decisionImage } from './decision-image.ts';
import type { Estimate } from './explanation.ts';

/** Images by what their folder and the model say: of A called B, of A called A, of B called B. */
export const PAIR_GROUPS = ['mistakes', 'truth', 'predicted'] as const;
/** One of {@link PAIR_GROUPS}. */
export type PairGroup = (typeof PAIR_GROUPS)[number];

/** Two classes: the one that the folders name, and the one that the model says instead. */
export interface ClassPair {
  readonly truth: number;
  readonly predicted: number;
}

/** What concepts do for the lead of B over A in some images. */
export interface GroupLead {
  readonly images: number;
  /** Logit of B over that of A, mean over the images: above 0 the model says rather B. */
  readonly lead: Estimate;
  /** By how much the lead falls without each concept, what no concept explains last: above 0 it speaks for B. */
  readonly parts: readonly Estimate[];
}

/** Concepts that, turned down together, turn mistakes into right answers. */
export interface TurningChange {
  /** The one that turns most first. */
  readonly concepts: readonly number[];
  /** What is left of each, 0…1: the most for which as many are turned. */
  readonly factor: number;
  /** Mistakes that are then called A, and right images of both classes that are then called something else. */
  readonly turned: number;
  readonly broken: number;
}

/** Why B rather than A. */
export interface PairReasons {
  /** Absent where there are no such images. */
  readonly groups: Partial<Readonly<Record<PairGroup, GroupLead>>>;
  /** Absent where no concept turned down turns any mistake, or turns more than it breaks. */
  readonly change?: TurningChange;
}

/** Images of each group; each is made ready when it is asked for. */
export type PairImages = Readonly<Record<PairGroup, readonly (() => Promise<AblatedImage>)[]>>;

/** Most concepts that are turned down together, and what is tried of each. */
const MOST_TOGETHER = 3;
const GENTLER = [0.75, 0.5, 0.25];

/**
 * "Why B rather than A?" over images: what the lead of B loses without each concept by itself, beside the same in images
 * that are called rightly; and the smallest change of concepts that turns the mistakes, found by taking out one after the
 * other that which turns most (and, of equals, breaks least), then giving back as much as turns no fewer.
 *
 * Limits  where the head is not affine the changes of single concepts do not add up; the search is greedy, so a smaller
 *         change may exist. Images are prepared one at a time and asked for again at each step.
 */
export async function pairReasons(
  images: PairImages,
  score: Pick<Score, 'rule'>,
  nConcepts: number,
  pair: ClassPair,
  onStep: () => void = () => undefined,
): Promise<PairReasons> {
  const groups: Partial<Record<PairGroup, GroupLead>> = {};
  for (const group of PAIR_GROUPS) {
    if (images[group].length > 0)
      groups[group] = await groupLead(images[group], score, nConcepts, pair, onStep);
  }
  const change = images.mistakes.length > 0 ? await turningChange(images, score, nConcepts, pair) : undefined;
  return { groups, ...(change && { change }) };
}

async function groupLead(
  images: PairImages[PairGroup],
  score: Pick<Score, 'rule'>,
  nConcepts: number,
  { truth, predicted }: ClassPair,
  onStep: () => void,
): Promise<GroupLead> {
  const ones = unchangedFactors(nConcepts + 1);
  const factors = [ones, ...ones.map((_, player) => ones.with(player, 0))];
  const leads: number[][] = [];
  for (const open of images) {
    const logits = await evaluated(decisionImage(await open(), score), factors);
    leads.push(logits.map((row) => row[predicted] - row[truth]));
    onStep();
  }
  return {
    images: images.length,
    lead: meanEstimate(leads.map(([lead]) => lead)),
    parts: ones.map((_, player) => meanEstimate(leads.map((own) => own[0] - own[player + 1]))),
  };
}

async function evaluated(
  image: AblatedImage,
  factors: readonly (readonly number[])[],
): Promise<Float32Array[]> {
  const rows = matrix(factors.length, factors[0].length, Float32Array.from(factors.flat()));
  const logits = await image.evaluate(rows);
  return factors.map((_, row) => rowView(logits, row));
}

/** What becomes of the images with each of some factors. */
interface Outcome {
  readonly turned: number;
  readonly broken: number;
}

async function turningChange(
  images: PairImages,
  score: Pick<Score, 'rule'>,
  nConcepts: number,
  pair: ClassPair,
): Promise<TurningChange | undefined> {
  const outcomesOf = outcomes(images, score, pair);
  let taken: readonly number[] = [];
  let best: Outcome = { turned: 0, broken: 0 };
  while (taken.length < MOST_TOGETHER && best.turned < images.mistakes.length) {
    const candidates = unchangedFactors(nConcepts).flatMap((_, c) =>
      taken.includes(c) ? [] : [[...taken, c]],
    );
    const found = await outcomesOf(candidates.map((concepts) => turnedDown(nConcepts, concepts, 0)));
    const gain = ({ turned, broken }: Outcome): number => turned - broken;
    const at = candidates.reduce((most, _, i) => (isBetter(found[i], found[most]) ? i : most), 0);
    if (candidates.length === 0 || gain(found[at]) <= gain(best)) break;
    [taken, best] = [candidates[at], found[at]];
  }
  if (taken.length === 0) return undefined;
  const gentle = await outcomesOf(GENTLER.map((factor) => turnedDown(nConcepts, taken, factor)));
  const enough = gentle.findIndex((one) => one.turned >= best.turned && one.broken <= best.broken);
  return enough < 0
    ? { concepts: taken, factor: 0, ...best }
    : { concepts: taken, factor: GENTLER[enough], ...gentle[enough] };
}

function isBetter(a: Outcome, b: Outcome): boolean {
  const [gainA, gainB] = [a.turned - a.broken, b.turned - b.broken];
  return gainA > gainB || (gainA === gainB && a.turned > b.turned);
}

function turnedDown(nConcepts: number, concepts: readonly number[], factor: number): number[] {
  return unchangedFactors(nConcepts).map((one, concept) => (concepts.includes(concept) ? factor : one));
}

function outcomes(images: PairImages, score: Pick<Score, 'rule'>, { truth, predicted }: ClassPair) {
  const decisionsOf = async (open: () => Promise<AblatedImage>, factors: readonly (readonly number[])[]) =>
    (await evaluated(await open(), factors)).map((row) => decide(score, row));
  return async (factors: readonly (readonly number[])[]): Promise<Outcome[]> => {
    const found = factors.map(() => ({ turned: 0, broken: 0 }));
    const count = async (
      group: PairGroup,
      tell: (decision: number, own: { turned: number; broken: number }) => void,
    ) => {
      for (const open of images[group])
        (await decisionsOf(open, factors)).forEach((one, at) => tell(one, found[at]));
    };
    await count('mistakes', (decision, own) => (own.turned += Number(decision === truth)));
    await count('truth', (decision, own) => (own.broken += Number(decision !== truth)));
    await count('predicted', (decision, own) => (own.broken += Number(decision !== predicted)));
    return found;
  };
}
