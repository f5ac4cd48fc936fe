import type { ComparedRun } from './compared-run.ts';
import type { ConceptPair } from './match-concepts.ts';
import { comparableName } from './answers-compared.ts';

/** A concept that has to do with a changed decision. */
export interface DecisionCause {
  readonly run: 'a' | 'b';
  /** Place among its run's concepts. */
  readonly concept: number;
  /** How much of the run's answer lies with it in the picture, 0…1: its total index there by how much of it there is. */
  readonly weight: number;
  /** That of its match in the other run; absent where that run does not explain the picture, or has no match. */
  readonly other?: number;
  /** What the run's model says without it, where that is another answer. */
  readonly without?: string;
}

/** Concepts named for a picture, and the least difference in weight that is named. */
const MOST_NAMED = 3;
const LEAST_WEIGHT = 0.01;

/** A picture in the runs that explain it, by place in their images, with what either model says. */
export interface ChangedImage {
  readonly a?: number | undefined;
  readonly b?: number | undefined;
  readonly said: { readonly a: string; readonly b: string };
}

/**
 * The concepts behind a decision that differs between two runs, from what the runs have stored: first those without which
 * a model gives the answer of the other, then those without which it gives any other answer, then those whose weight
 * differs most between the runs. Empty where neither run explains the picture.
 *
 * A weight is the concept's total index in the picture times its largest amount there as a share of its largest in any
 * picture: large where the score moves with it and much of it is there.
 */
export function decisionCauses(
  runs: { readonly a: ComparedRun; readonly b: ComparedRun },
  matches: readonly ConceptPair[],
  image: ChangedImage,
): DecisionCause[] {
  const [inA, inB] = [causesIn('a', runs.a, image.a), causesIn('b', runs.b, image.b)];
  const isBoth = image.a !== undefined && image.b !== undefined;
  const partnerOfA = new Map(matches.map(({ a, b }) => [a, b]));
  const matchedB = new Set(matches.map(({ b }) => b));
  const joined = inA.map((cause): DecisionCause => {
    const partner = partnerOfA.get(cause.concept);
    if (!isBoth || partner === undefined) return cause;
    return stronger(cause, inB[partner]);
  });
  const others = inB.filter(({ concept }) => !isBoth || !matchedB.has(concept));
  return [...joined, ...others]
    .filter((cause) => cause.without !== undefined || changeOf(cause) >= LEAST_WEIGHT)
    .sort((x, y) => rankOf(y, image) - rankOf(x, image) || changeOf(y) - changeOf(x))
    .slice(0, MOST_NAMED);
}

function causesIn(run: 'a' | 'b', own: ComparedRun, image: number | undefined): DecisionCause[] {
  if (image === undefined) return [];
  return own.concepts.map(({ without }, concept) => {
    const index = own.indices[image][concept];
    const said = without.get(image);
    return {
      run,
      concept,
      weight: Number.isFinite(index) ? Math.max(0, index) * own.strengths[image][concept] : 0,
      ...(said !== undefined && { without: said }),
    };
  });
}

/** One of two matched concepts stands for both: the one that turns a decision, else the weightier. */
function stronger(a: DecisionCause, b: DecisionCause): DecisionCause {
  const turns = ({ without }: DecisionCause): number => Number(without !== undefined);
  const isFirst = turns(a) - turns(b) || a.weight - b.weight;
  return isFirst >= 0 ? { ...a, other: b.weight } : { ...b, other: a.weight };
}

function rankOf({ run, without }: DecisionCause, { said }: ChangedImage): number {
  if (without === undefined) return 0;
  const wanted = run === 'a' ? said.b : said.a;
  return comparableName(without) === comparableName(wanted) ? 2 : 1;
}

function changeOf({ weight, other = 0 }: DecisionCause): number {
  return Math.abs(weight - other);
}
