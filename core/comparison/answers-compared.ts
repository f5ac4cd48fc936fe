import type { AnsweredImage, ComparedRun, RunAnswers } from './compared-run.ts';
import { pairImages, type ImagePair } from './pair-images.ts';

/** Why the answers of two runs are not compared. */
export type Incomparable =
  'not-kept' | 'number-and-class' | 'no-border' | 'other-borders' | 'no-common-classes' | 'no-common-images';

/** Pictures that both runs were given, with what either model says. */
export interface AnswerPairs {
  readonly a: readonly AnsweredImage[];
  readonly b: readonly AnsweredImage[];
  readonly pairs: readonly ImagePair[];
  readonly by: 'content' | 'path';
}

/** The pictures whose answers can be compared, or why none can. Classes are the same by name, whatever their place. */
export function comparableAnswers(
  { answers: a }: Pick<ComparedRun, 'answers'>,
  { answers: b }: Pick<ComparedRun, 'answers'>,
): AnswerPairs | Incomparable {
  const why = whyNot(a, b);
  if (why !== undefined) return why;
  if (a.given === undefined || b.given === undefined) return 'not-kept';
  const paired = pairImages(a.given, b.given);
  return paired.pairs.length === 0 ? 'no-common-images' : { a: a.given, b: b.given, ...paired };
}

function whyNot(a: RunAnswers, b: RunAnswers): Incomparable | undefined {
  if ((a.number === undefined) !== (b.number === undefined)) return 'number-and-class';
  if (a.number !== undefined && b.number !== undefined) {
    if (a.number.border === undefined || b.number.border === undefined) return 'no-border';
    if (a.number.border !== b.number.border) return 'other-borders';
  }
  const names = new Set(a.names.map(comparableName));
  // One name in common, as "not cat" of two labels never is, says nothing of the others.
  const shared = new Set(b.names.map(comparableName).filter((name) => names.has(name)));
  return shared.size < 2 ? 'no-common-classes' : undefined;
}

/** Class names are compared without regard to case and outer spaces. */
export function comparableName(name: string): string {
  return name.trim().toLowerCase();
}
