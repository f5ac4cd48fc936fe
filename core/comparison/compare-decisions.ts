import type { NamedAnswer } from '../score/named-answer.ts';
import { comparableAnswers, comparableName, type Incomparable } from './answers-compared.ts';
import type { AnsweredImage, ComparedRun } from './compared-run.ts';
import { decisionCauses, type DecisionCause } from './decision-causes.ts';
import type { ConceptPair } from './match-concepts.ts';

/** A picture that both models were given and decide otherwise. */
export interface DecisionChanged {
  /** Where the first run has it, and where the second has. */
  readonly file: string;
  readonly fileB: string;
  readonly a: NamedAnswer;
  readonly b: NamedAnswer;
  /** What became of it by what its folder names; absent where a folder names none of the answers. */
  readonly turn?: DecisionTurn;
  /** What is behind it as far as the runs know; empty where neither explains the picture. */
  readonly concepts: readonly DecisionCause[];
}

/** What became of a decision: wrong in the first run and right in the second, the other way round, or wrong in both. */
export type DecisionTurn = 'to-right' | 'to-wrong' | 'still-wrong';

/** What two models say of the pictures that both were given. */
export interface DecisionsCompared {
  /** Pictures in common; each file of the same bytes counts once. */
  readonly images: number;
  readonly pairedBy: 'content' | 'path';
  readonly agree: number;
  /** Those first of which the runs know the concepts behind them, in the order of the first run. */
  readonly changed: readonly DecisionChanged[];
}

/** Compares what two models say of every picture that both runs were given, or says why that cannot be done. */
export function compareDecisions(
  runs: { readonly a: ComparedRun; readonly b: ComparedRun },
  matches: readonly ConceptPair[],
): DecisionsCompared | Incomparable {
  const answers = comparableAnswers(runs.a, runs.b);
  if (typeof answers === 'string') return answers;
  const explained = { a: placesOf(runs.a), b: placesOf(runs.b) };
  const { pairs } = answers;
  const changed = pairs.flatMap(([first, second]): DecisionChanged[] => {
    const [a, b] = [answers.a[first], answers.b[second]];
    if (comparableName(a.said.name) === comparableName(b.said.name)) return [];
    const image = {
      a: explained.a.get(a.file),
      b: explained.b.get(b.file),
      said: { a: a.said.name, b: b.said.name },
    };
    const concepts = decisionCauses(runs, matches, image);
    const turn = turnOf(a, b);
    return [{ file: a.file, fileB: b.file, a: a.said, b: b.said, ...(turn && { turn }), concepts }];
  });
  const known = ({ concepts }: DecisionChanged): number => Number(concepts.length > 0);
  return {
    images: pairs.length,
    pairedBy: answers.by,
    agree: pairs.length - changed.length,
    changed: changed.sort((first, second) => known(second) - known(first)),
  };
}

/** Two answers that differ are not both right. */
function turnOf(a: AnsweredImage, b: AnsweredImage): DecisionTurn | undefined {
  if (a.isRight === undefined || b.isRight === undefined) return undefined;
  if (a.isRight) return 'to-wrong';
  return b.isRight ? 'to-right' : 'still-wrong';
}

function placesOf({ images }: ComparedRun): Map<string, number> {
  return new Map(images.map(({ file }, place) => [file, place]));
}
