/** What a model says about the same few pictures under one preprocessing. */
export interface PreprocessingTrial<Name extends string = string> {
  readonly name: Name;
  /** Of each picture the class that the score decides for, and its probability where it has one. */
  readonly answers: readonly { readonly index: number; readonly probability?: number }[];
}

/** How a preprocessing does on some pictures. */
export interface PreprocessingScore<Name extends string = string> {
  readonly name: Name;
  /** Mean over pictures of the probability of the answer, 0…1. */
  readonly confidence: number;
  /** Share of the pictures with a known class that the model calls so; undefined when none is known. */
  readonly hitRate: number | undefined;
}

/**
 * Ranks preprocessings by what the model says under each, best first: by hit rate where the classes of pictures are
 * known (`expected[i]`, undefined where not), then by mean confidence. A guess, for people to confirm: a model can be
 * sure and wrong. Probabilities that are not finite count as no confidence.
 */
export function scorePreprocessings<Name extends string>(
  trials: readonly PreprocessingTrial<Name>[],
  expected: readonly (number | undefined)[] = [],
): PreprocessingScore<Name>[] {
  return trials
    .map(({ name, answers }) => ({ name, ...score(answers, expected) }))
    .sort((a, b) => (b.hitRate ?? 0) - (a.hitRate ?? 0) || b.confidence - a.confidence);
}

function score(answers: PreprocessingTrial['answers'], expected: readonly (number | undefined)[]) {
  const known = answers.filter((_, row) => expected[row] !== undefined).length;
  const hits = answers.filter(({ index }, row) => index === expected[row]).length;
  const sum = answers.reduce((all, { probability = 0 }) => all + (probability >= 0 ? probability : 0), 0);
  return {
    confidence: sum / Math.max(1, answers.length),
    hitRate: known === 0 ? undefined : hits / known,
  };
}
